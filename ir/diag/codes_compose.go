package diag

// composeCodes are those of rendering to compose, RR2xxx.
func composeCodes() []Code {
	return []Code{}
}
