package plugin

// Secrets is where secrets come from (SEMANTICS 5).
type Secrets interface {
	// Secret returns the value; ok is false when there is none.
	Secret(name string) (value string, ok bool, err error)
	// Source names the source for messages.
	Source() string
}
