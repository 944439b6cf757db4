package drawing

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/internal/layout"
)

// SVGOptions says how a picture is made. The zero value shows everything.
type SVGOptions struct {
	Title string // for those who hear it
	Depth int    // composites this many levels down are folded; 0: none is
}

// style is the picture's look, on light ground and on dark.
const style = `
  .page{fill:#ffffff} .node{fill:#ffffff;stroke:#c9ced6} .composite{fill:#f6f7f9;stroke:#c9ced6} .frame{fill:#ffffff;fill-opacity:.6;stroke:#d9dde3;stroke-dasharray:3 3}
  .edge{fill:none;stroke:#8b95a5;stroke-width:1.5} .failure{stroke:#c2410c;stroke-dasharray:5 4} .head{fill:#8b95a5} .head-failure{fill:#c2410c}
  text{font-family:ui-sans-serif,system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif} .name{font-size:13px;font-weight:600;fill:#1a2230} .detail{font-size:11px;fill:#5b6573} .kind{fill:#3f5bd9}
  .icon{fill:none;stroke:#3f5bd9;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
  @media (prefers-color-scheme:dark){
  .page{fill:#0f1319} .node{fill:#181e27;stroke:#37414f} .composite{fill:#131820;stroke:#37414f} .frame{fill:#181e27;stroke:#2c3542}
  .edge{stroke:#76839a} .failure{stroke:#fb923c} .head{fill:#76839a} .head-failure{fill:#fb923c} .name{fill:#e8ecf2} .detail{fill:#9aa6b6} .kind{fill:#9db0ff} .icon{stroke:#9db0ff}}
`

const margin = 20

// SVG is the diagram as a picture: the same bytes for the same diagram.
func (d *Diagram) SVG(o SVGOptions) string {
	depth := o.Depth
	if depth == 0 {
		depth = math.MaxInt
	}
	a := d.arrange(depth)
	w, h := max(a.size.W, leastWidth)+2*margin, max(a.size.H, leafHeight)+2*margin
	s := &svg{}
	fmt.Fprintf(s, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">`+"\n", w, h, w, h)
	fmt.Fprintf(s, "<title>%s</title>\n<style>%s</style>\n", escape(o.Title), style)
	s.WriteString(`<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker>` +
		`<marker id="to-failure" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head-failure" d="M0 0 8 4 0 8z"/></marker></defs>` + "\n")
	fmt.Fprintf(s, `<rect class="page" width="%d" height="%d"/>`+"\n", w, h)
	s.area(a, layout.Point{X: margin, Y: margin})
	s.WriteString("</svg>\n")
	return s.String()
}

type svg struct{ strings.Builder }

func (s *svg) area(a *area, at layout.Point) {
	for _, l := range a.lines {
		class, marker := "edge", "to"
		if l.failure {
			class, marker = "edge failure", "to-failure"
		}
		fmt.Fprintf(s, `<path class="%s" marker-end="url(#%s)" d="%s"/>`+"\n", class, marker, curve(l.points, at))
	}
	for i := range a.boxes {
		s.box(&a.boxes[i], at)
	}
}

func (s *svg) box(b *box, origin layout.Point) {
	at := layout.Point{X: origin.X + b.at.X, Y: origin.Y + b.at.Y}
	class := "node"
	if b.node.Composite() {
		class = "composite"
	}
	fmt.Fprintf(s, `<g><title>%s</title><rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="9"/>`+"\n",
		escape(b.node.Path+" ("+b.node.Kind+")"), class, at.X, at.Y, b.size.W, b.size.H)
	s.label(b, at)
	for _, f := range b.groups {
		corner := layout.Point{X: at.X + f.at.X, Y: at.Y + f.at.Y}
		if f.group.Title != "" {
			fmt.Fprintf(s, `<rect class="frame" x="%d" y="%d" width="%d" height="%d" rx="7"/><text class="detail" x="%d" y="%d">%s</text>`+"\n",
				corner.X, corner.Y, f.size.W, f.size.H, corner.X+padding, corner.Y+17, escape(fit(f.group.Title, detailSize, f.size.W-2*padding)))
		}
		s.area(f.area, layout.Point{X: corner.X + f.inner.X, Y: corner.Y + f.inner.Y})
	}
	s.WriteString("</g>\n")
}

func (s *svg) label(b *box, at layout.Point) {
	n, room := b.node, b.size.W-iconWidth-padding
	fmt.Fprintf(s, `<path class="icon" transform="translate(%d %d)" d="%s"/>`, at.X+11, at.Y+15, icon(n))
	kind := n.Kind
	detail := fit(n.Detail, detailSize, room-textWidth(kind+" · ", detailSize))
	fmt.Fprintf(s, `<text class="name" x="%d" y="%d">%s</text>`, at.X+iconWidth, at.Y+20, escape(fit(n.Name, nameSize, room)))
	fmt.Fprintf(s, `<text class="detail" x="%d" y="%d"><tspan class="kind">%s</tspan>`, at.X+iconWidth, at.Y+36, escape(kind))
	if detail != "" {
		s.WriteString(" · " + escape(detail))
	}
	s.WriteString("</text>\n")
}

// icon is the sign of a kind of node, in a square of 16.
func icon(n *Node) string {
	switch n.Kind {
	case "stub", "suspend":
		return "M3 8h.01M8 8h.01M13 8h.01"
	case "parallel":
		return "M3 3v10M8 3v10M13 3v10"
	case "map", "bundle":
		return "M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5H9z"
	case "conditional":
		return "M8 2v4M8 6 3 13M8 6l5 7"
	case "pipeline":
		return "M2.5 4.5h11v8h-11zM2.5 4.5 5 2.5h4l1.5 2"
	case "loop", "again":
		return "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3"
	case "shell":
		return "M3 4l4 4-4 4M9 12h4"
	case "notebook":
		return "M4 2h9v12H4zM4 5H2.5M4 8H2.5M4 11H2.5M7 5h3"
	}
	if n.Composite() {
		return "M2.5 4.5h11v8h-11zM2.5 4.5 5 2.5h4l1.5 2"
	}
	return "M4 3.5 12.5 8 4 12.5z"
}

// curve is a smooth line through points, which leaves and meets them from above.
func curve(points []layout.Point, at layout.Point) string {
	var b strings.Builder
	for i, p := range points {
		x, y := p.X+at.X, p.Y+at.Y
		switch {
		case i == 0:
			fmt.Fprintf(&b, "M%d %d", x, y)
		case points[i-1].X == p.X:
			fmt.Fprintf(&b, "V%d", y)
		default:
			before := points[i-1].Y + at.Y
			middle := before + (y-before)/2
			fmt.Fprintf(&b, "C%d %d %d %d %d %d", points[i-1].X+at.X, middle, x, middle, x, y)
		}
	}
	return b.String()
}

// escape makes a text safe inside an element; what XML cannot hold becomes a sign for it.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return '�'
		}
		return r
	}, s))
}
