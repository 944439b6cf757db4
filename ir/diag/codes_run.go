package diag

// runCodes are those of running a pipeline, RR3xxx.
func runCodes() []Code {
	return []Code{}
}
