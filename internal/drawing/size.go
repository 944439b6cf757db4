package drawing

import (
	"strings"

	"github.com/runnable-render/runnable-render/internal/layout"
)

// The measures of a drawing, in pixels. The page has the same (web/src/layout.ts).
const (
	leafHeight  = 46
	leastWidth  = 132
	mostWidth   = 248
	iconWidth   = 34 // left of the texts
	padding     = 14 // inside a box
	headHeight  = 44 // of an unfolded composite
	titleHeight = 24 // of a group
	groupGap    = 14
)

// spacing is the room around the nodes of a graph.
var spacing = layout.Spacing{Column: 28, Row: 38, Bend: 12}

// Font sizes.
const (
	nameSize   = 13
	detailSize = 11
)

// size is the size of a node that is a leaf or folded.
func (n *Node) size() layout.Size {
	w := max(textWidth(n.Name, nameSize), textWidth(n.Kind+" · "+n.Detail, detailSize))
	return layout.Size{W: min(max(w+iconWidth+padding, leastWidth), mostWidth), H: leafHeight}
}

// textWidth estimates how wide a text is in a sans-serif font; it is nowhere far from the truth, and the same
// everywhere.
func textWidth(s string, size int) int {
	thousandths := 0
	for _, r := range s {
		thousandths += runeWidth(r)
	}
	return (thousandths*size + 999) / 1000
}

func runeWidth(r rune) int {
	switch {
	case r >= 0x1100:
		return 1000
	case strings.ContainsRune("ijltfrI.,:;'|!()[]{}/\\ ", r):
		return 350
	case strings.ContainsRune("mwMW@%", r):
		return 900
	case r >= 'A' && r <= 'Z':
		return 690
	}
	return 580
}

// fit cuts a text to a width.
func fit(s string, size, width int) string {
	if textWidth(s, size) <= width {
		return s
	}
	room := width*1000/size - runeWidth('…')
	if r := runeWidth('…'); r == 1000 {
		room += 200 // the ellipsis is wide in no font
	}
	for i, r := range s {
		if room -= runeWidth(r); room < 0 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}
