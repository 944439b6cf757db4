package diag

// configCodes are those of the configuration file, the parameters file and the environment, RR04xx.
func configCodes() []Code {
	return []Code{}
}
