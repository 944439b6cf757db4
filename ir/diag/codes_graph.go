package diag

// graphCodes are those of names (RR0150 to RR0199, and RR0104, a reference to an unknown step), of the graph
// (RR02xx) and of parameters and dataflow (RR03xx).
func graphCodes() []Code {
	return []Code{}
}
