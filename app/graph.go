package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/drawing"

	"github.com/runnable-render/runnable-render/frontends"
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
func (a *command) graphCommand(ctx context.Context) *cobra.Command {
	var f graphFlags
	cmd := &cobra.Command{
		Use:   "graph [FILE]",
		Short: "Draw a definition, or its rendering for a target",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.valid(a, cmd); err != nil {
				return err
			}
			file, err := a.definitionFile(args)
			if err != nil {
				return err
			}
			text, err := a.drawing(cmd.Context(), file, &f)
			if err != nil {
				return err
			}
			return a.write(target.Rendering{Files: map[string][]byte{"graph": []byte(text)}}, nil, f.output)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.format, "format", "mermaid", strings.Join(graphFormats, ", ")+": html is a page that folds and unfolds, text is for comparing")
	fs.StringVarP(&f.output, "output", "o", "", "file to write instead of stdout")
	fs.IntVar(&f.depth, "depth", 0, "svg: levels of composites to unfold (default: all)")
	targets := a.ownTargets()
	f.targetFlags.register(ctx, a, cmd, targets, "", targetNames(targets)+": draw what is rendered for it, in place of the definition")
	f.inputs.register(cmd)
	complete(cmd, "format", graphFormats...)
	return cmd
}

// valid refuses what would have no effect.
func (f *graphFlags) valid(a *command, cmd *cobra.Command) error {
	if err := oneOf("format", f.format, graphFormats...); err != nil {
		return err
	}
	if f.name != "" {
		if err := f.find(a, cmd, append([]string{"format", "output", "depth"}, flagsOfInputs...)...); err != nil {
			return err
		}
	}
	switch {
	case f.depth < 0:
		return fmt.Errorf("--depth %d: want at least 1", f.depth)
	case f.depth > 0 && f.format != "svg":
		return fmt.Errorf("--depth has no effect with --format %s; leave it out", f.format)
	case f.name != "" && f.format == "text":
		return fmt.Errorf("--format text shows a definition; leave out --target, or render it: `render --target %s`", f.name)
	case f.name == "":
		return only(cmd, "a definition; --target says for which target to render it", "format", "output", "depth", "target")
	}
	return nil
}

// drawing is the graph in the form that the flags say.
func (a *command) drawing(ctx context.Context, file string, f *graphFlags) (string, error) {
	p, d, err := a.diagram(ctx, file, f)
	if err != nil {
		return "", err
	}
	title := p.Name
	if f.name != "" {
		title += " for " + f.name
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
func (a *command) diagram(ctx context.Context, file string, f *graphFlags) (*ir.Pipeline, *drawing.Diagram, error) {
	if f.name == "" {
		s, err := a.load(ctx, file, frontends.Options{})
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
	in, r, err := a.rendered(ctx, file, &rendered)
	if err != nil {
		return nil, nil, err
	}
	if r.Diagram == nil {
		return nil, nil, fail(ExitInvalid, "what is rendered for %s has no drawing; leave --target out to draw the definition", f.name)
	}
	d, err := r.Diagram()
	if err != nil {
		return nil, nil, fail(ExitEnvironment, "what was rendered for %s cannot be drawn: %w", f.name, err)
	}
	return in.pipeline, d, nil
}
