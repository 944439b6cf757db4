package app

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/ir"
)

// graphCommand draws a definition.
func (a *command) graphCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "graph [FILE]",
		Short: "Draw a definition, as Mermaid or as text",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "mermaid", "text"); err != nil {
				return err
			}
			file, err := a.definitionFile(args)
			if err != nil {
				return err
			}
			text, err := a.drawing(file, format)
			if err != nil {
				return err
			}
			_, _ = io.WriteString(a.stdout, text) // which remembers an error
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "mermaid", "mermaid or text")
	complete(cmd, "format", "mermaid", "text")
	return cmd
}

// drawing is the graph of a definition.
func (a *command) drawing(file, format string) (string, error) {
	s, err := a.load(file, frontends.Options{})
	if err != nil {
		return "", err
	}
	if err := a.report(s.diags, s.texts(), ExitInvalid); err != nil {
		return "", err
	}
	if format == "text" {
		return ir.Dump(s.pipeline), nil
	}
	return mermaid(s.pipeline), nil
}

// drawing numbers the nodes of a Mermaid flowchart.
type drawing struct {
	strings.Builder
	ids map[string]string
}

// mermaid is the pipeline as a Mermaid flowchart: composites are boxes around their branches.
func mermaid(p *ir.Pipeline) string {
	d := &drawing{ids: map[string]string{}}
	d.WriteString("flowchart TD\n")
	d.graph(p.Graph, "", "  ")
	return d.String()
}

func (d *drawing) id(path string) string {
	id, ok := d.ids[path]
	if !ok {
		id = fmt.Sprintf("n%d", len(d.ids))
		d.ids[path] = id
	}
	return id
}

// label quotes a text for Mermaid; what could be markup becomes an entity.
func label(s string) string {
	r := strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;", "&", "#amp;", "\n", " ", "`", "#96;")
	return `"` + r.Replace(s) + `"`
}

func (d *drawing) graph(g *ir.Graph, path, in string) {
	for _, n := range g.Nodes {
		d.node(n, ir.Join(path, n.Base().Name), in)
	}
	for _, n := range g.Nodes {
		d.edges(n, path, in)
	}
}

func (d *drawing) node(n ir.Node, path, in string) {
	name := n.Base().Name
	subs := ir.Subgraphs(n)
	if len(subs) == 0 {
		open, end := "[", "]"
		if ir.Kind(n) == "stub" {
			open, end = "([", "])"
		}
		fmt.Fprintf(d, "%s%s%s%s%s\n", in, d.id(path), open, label(name), end)
		return
	}
	fmt.Fprintf(d, "%ssubgraph %s[%s]\n", in, d.id(path), label(name+" ("+ir.Kind(n)+")"))
	for _, b := range subs {
		sub := ir.Join(path, b.Name)
		title := b.Name
		if title == ir.AnyItem {
			title = "each"
		}
		fmt.Fprintf(d, "%s  subgraph %s[%s]\n", in, d.id(sub), label(title))
		d.graph(b.Graph, sub, in+"    ")
		fmt.Fprintf(d, "%s  end\n", in)
	}
	fmt.Fprintf(d, "%send\n", in)
}

func (d *drawing) edges(n ir.Node, path, in string) {
	b := n.Base()
	from := d.id(ir.Join(path, b.Name))
	if b.Next.Name != "" && !ir.IsTerminal(b.Next.Name) {
		fmt.Fprintf(d, "%s%s --> %s\n", in, from, d.id(ir.Join(path, b.Next.Name)))
	}
	for _, r := range b.Needs {
		fmt.Fprintf(d, "%s%s --> %s\n", in, d.id(ir.Join(path, r.Name)), from)
	}
	if b.OnFailure.Name != "" && !ir.IsTerminal(b.OnFailure.Name) {
		fmt.Fprintf(d, "%s%s -. on failure .-> %s\n", in, from, d.id(ir.Join(path, b.OnFailure.Name)))
	}
}
