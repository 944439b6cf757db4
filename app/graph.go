package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/drawing"
	"github.com/runnable-render/runnable-render/internal/drawing/manifest"
	"github.com/runnable-render/runnable-render/internal/report"
	"github.com/runnable-render/runnable-render/ir"
)

// graphFormats are the forms of a drawing.
var graphFormats = []string{"mermaid", "dot", "svg", "html", "text"}

// graphFlags are the flags of a drawing; those of a target say how it is rendered first.
type graphFlags struct {
	renderFlags
	format string
	depth  int
}

// graphCommand draws a definition, or what a target makes of it.
func (a *command) graphCommand() *cobra.Command {
	var f graphFlags
	cmd := &cobra.Command{
		Use:   "graph [FILE]",
		Short: "Draw a definition, or what a target makes of it",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.valid(cmd); err != nil {
				return err
			}
			file, err := a.definitionFile(args)
			if err != nil {
				return err
			}
			text, err := a.drawing(file, &f)
			if err != nil {
				return err
			}
			return a.write(map[string][]byte{"graph": []byte(text)}, "", f.output)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.format, "format", "mermaid", strings.Join(graphFormats, ", ")+": html is a page that folds and unfolds, text is for comparing")
	fs.StringVarP(&f.output, "output", "o", "", "file to write instead of stdout")
	fs.IntVar(&f.depth, "depth", 0, "svg: levels of composites to unfold (default: all)")
	fs.StringVarP(&f.target, "target", "t", "", "argo or compose: draw what is rendered for it, in place of the definition")
	fs.StringVar(&f.image, "image", "", "with --target: image that holds the pipeline's code")
	f.inputs.register(cmd)
	complete(cmd, "format", graphFormats...)
	complete(cmd, "target", "argo", "compose")
	return cmd
}

// valid refuses what would have no effect.
func (f *graphFlags) valid(cmd *cobra.Command) error {
	if err := oneOf("format", f.format, graphFormats...); err != nil {
		return err
	}
	if f.target != "" {
		if err := oneOf("target", f.target, "argo", "compose"); err != nil {
			return err
		}
	}
	switch {
	case f.depth < 0:
		return fmt.Errorf("--depth %d: want at least 1", f.depth)
	case f.depth > 0 && f.format != "svg":
		return fmt.Errorf("--depth has no effect with --format %s; leave it out", f.format)
	case f.target != "" && f.format == "text":
		return fmt.Errorf("--format text is of a definition; leave --target out, or render it: `render --target %s`", f.target)
	case f.target == "":
		return only(cmd, "a definition; --target says what to render", "format", "output", "depth", "target")
	}
	return nil
}

// drawing is the graph in the form that the flags say.
func (a *command) drawing(file string, f *graphFlags) (string, error) {
	p, d, err := a.diagram(file, f)
	if err != nil {
		return "", err
	}
	title := p.Name
	if f.target != "" {
		title += " for " + f.target
	}
	switch f.format {
	case "text":
		return ir.Dump(p), nil
	case "dot":
		return d.DOT(), nil
	case "html":
		var b strings.Builder
		err := report.OfDefinition(title, d, report.Options{Program: a.Name + " " + Version(), Now: time.Now()}).Write(&b)
		return b.String(), err
	case "svg":
		return d.Bundled().SVG(drawing.SVGOptions{Title: title, Depth: f.depth}), nil
	}
	return d.Mermaid(), nil
}

// diagram is the diagram of a definition, or of what the target makes of it.
func (a *command) diagram(file string, f *graphFlags) (*ir.Pipeline, *drawing.Diagram, error) {
	if f.target == "" {
		s, err := a.load(file, frontends.Options{})
		if err != nil {
			return nil, nil, err
		}
		s.check(nil)
		if err := a.report(s.diags, s.texts(), ExitInvalid); err != nil {
			return nil, nil, err
		}
		return s.pipeline, drawing.Of(s.pipeline), nil
	}
	rendered := f.renderFlags
	rendered.output, rendered.quiet = "", true
	in, files, err := a.renderFiles(file, &rendered)
	if err != nil {
		return nil, nil, err
	}
	names := slices.Sorted(maps.Keys(files))
	d, err := manifest.Read(files[names[0]])
	if err != nil {
		return nil, nil, fail(ExitEnvironment, "what was rendered for %s cannot be drawn: %w", f.target, err)
	}
	return in.pipeline, d, nil
}
