package diag

// pluginCodes are those of definitions that are programs, and of plugins, RR0016 to RR0019.
func pluginCodes() []Code {
	return []Code{
		{
			Code: "RR0016", Title: "a Go definition that cannot be built",
			Explanation: "A definition in Go is a program, built with the go command of PATH. The message is the compiler's own. The package must be main, and stand in a module that requires github.com/runnable-render/runnable-render.",
		},
		{
			Code: "RR0017", Title: "a Go program that does not report its pipeline",
			Explanation: "The program was built and asked for its graph, and did not answer. Its main function must hand over to pipeline.Main, or to app.Main with the pipeline, before it does anything that takes long or ends the program.",
		},
		{
			Code: "RR0018", Title: "a plugin's message, or its failure",
			Explanation: "A program that reads definitions or renders them, runnable-render-frontend-NAME or runnable-render-backend-NAME, said this, or failed to answer. `runnable-render plugins` lists the programs that were found and what is wrong with them.",
		},
		{
			Code: "RR0019", Title: "a wrong use of package pipeline",
			Explanation: "The program that defines the pipeline called a function of package pipeline with something that makes no step: a Go function without a name, a field with a wrong tag, a value that is not a JSON. The place is that of the call.",
		},
	}
}
