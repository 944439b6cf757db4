package diag

// keyCodes are those of keys and their values, RR0100 to RR0149; those of names are in graphCodes.
func keyCodes() []Code {
	return []Code{}
}
