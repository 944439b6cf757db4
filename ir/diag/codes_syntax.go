package diag

// syntaxCodes are those of files as such, RR0001 to RR0099.
func syntaxCodes() []Code {
	return []Code{}
}
