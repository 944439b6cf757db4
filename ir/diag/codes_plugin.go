package diag

// pluginCodes are those of definitions that are programs, and of plugins, RR0016 to RR0019.
func pluginCodes() []Code {
	return []Code{
		{
			Code: "RR0016", Title: "a Go definition that cannot be built",
			Explanation: "A Go definition is a program, built with the go command on PATH. The message is the compiler's own. The package must be main, in a module that requires github.com/runnable-render/runnable-render.",
		},
		{
			Code: "RR0017", Title: "a Go program that does not report its pipeline",
			Explanation: "The program was built but did not report its graph. Its main function must call pipeline.Main, or app.Main with the pipeline, before anything that takes long or ends the program.",
		},
		{
			Code: "RR0018", Title: "a plugin's message or failure",
			Explanation: "A program that reads or renders definitions, runnable-render-frontend-NAME or runnable-render-backend-NAME, reported this message, or sent an invalid reply. `runnable-render plugins` lists the programs that it finds and their problems.",
		},
		{
			Code: "RR0019", Title: "a wrong use of package pipeline",
			Explanation: "The program that defines the pipeline called a function of package pipeline with an invalid argument: a Go function without a name, a field with a wrong tag, a value without a JSON form. The place is that of the call.",
		},
	}
}
