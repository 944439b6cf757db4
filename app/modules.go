package app

import (
	"strings"

	"github.com/runnable-render/runnable-render/frontends/pycheck"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// codeNotInImage warns of modules that are found here by what no image has.
const codeNotInImage = "RR0530"

// notInImage warns, where steps run in images, of folders outside the project that the definition has put on Python's path,
// and of steps whose function is found by PYTHONPATH alone.
func (in *inputs) notInImage() diag.List {
	var list diag.List
	if _, outside := in.layout.InImage(); len(outside) > 0 && pycheck.LooksForCode(in.pipeline) {
		list.Add(diag.Warningf(codeNotInImage, in.settings.PathSpan, "the definition adds %s to sys.path, which is not in the project %s, so an image does not have it; move it there, give a --root that contains it, or install its modules in the image",
			strings.Join(outside, ", "), in.layout.Root))
	}
	modules, path := in.layout.Modules(), in.layout.PythonPath(in.environ())
	for v := range ir.Walk(in.pipeline) {
		dotted, at := pythonName(v.Node)
		top, _, _ := strings.Cut(dotted, ".")
		if top == "" || modules.Holds(top) || !path.Holds(top) {
			continue
		}
		list.Add(diag.Warningf(codeNotInImage, at, "the module %q of %q is found here by PYTHONPATH, which an image does not have; set PYTHONPATH in the image, or move the module beside the definition",
			top, v.Node.Base().Name))
	}
	return list
}

// pythonName is the Python function that a node names, with its place; empty: none.
func pythonName(n ir.Node) (string, diag.Span) {
	if t, ok := n.(*ir.Task); ok {
		if p, ok := t.Command.(*ir.Python); ok {
			return p.Function, t.Span
		}
	}
	if m, ok := n.(*ir.Map); ok && ir.PythonReducer(m.Reducer) {
		return strings.TrimSpace(m.Reducer), m.ReducerSpan
	}
	return "", diag.Span{}
}
