package drawing

// Model is a diagram as the page draws it: rows are found, coordinates are not, for they change when a composite is
// folded or unfolded. Its JSON form is read by web/src/layout.ts.
type Model struct {
	Nodes  []ModelNode `json:"nodes"`
	Edges  []ModelEdge `json:"edges,omitempty"`
	Rows   [][]int     `json:"rows,omitempty"`   // none: a grid
	Chains [][]int     `json:"chains,omitempty"` // for each edge the cells that it leads through
	Cells  int         `json:"cells,omitempty"`  // nodes and bends
}

// ModelNode is a node with the size that it has folded.
type ModelNode struct {
	Path   string       `json:"path"`
	Name   string       `json:"name"`
	Kind   string       `json:"kind"`
	Detail string       `json:"detail,omitempty"`
	Facts  []Fact       `json:"facts,omitempty"`
	W      int          `json:"w"`
	H      int          `json:"h"`
	Groups []ModelGroup `json:"groups,omitempty"`
	Count  int          `json:"count,omitempty"` // of a composite: the nodes inside
}

// ModelGroup is a graph inside a node.
type ModelGroup struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
	W     int    `json:"w"` // least width, for the title
	Graph *Model `json:"graph"`
}

// ModelEdge is an edge by index.
type ModelEdge struct {
	From    int  `json:"from"`
	To      int  `json:"to"`
	Failure bool `json:"failure,omitempty"`
	Weight  int  `json:"weight"`
}

// Model makes the page's form of the diagram.
func (d *Diagram) Model() *Model {
	m := &Model{Nodes: make([]ModelNode, len(d.Nodes))}
	for i := range d.Nodes {
		m.Nodes[i] = d.Nodes[i].model()
	}
	layers := d.layers()
	if layers == nil {
		return m
	}
	m.Rows, m.Chains, m.Cells = layers.Rows, layers.Chains, layers.Cells
	for i, e := range d.Edges {
		m.Edges = append(m.Edges, ModelEdge{From: e.From, To: e.To, Failure: e.Failure, Weight: layers.Edges[i].Weight})
	}
	return m
}

func (n *Node) model() ModelNode {
	size := n.size()
	out := ModelNode{Path: n.Path, Name: n.Name, Kind: n.Kind, Detail: n.Detail, Facts: n.Facts, W: size.W, H: size.H}
	for _, g := range n.Groups {
		sub := ModelGroup{Name: g.Name, Title: g.Title, Graph: g.Diagram.Model()}
		if g.Title != "" {
			sub.W = textWidth(g.Title, detailSize) + 2*padding
		}
		out.Groups = append(out.Groups, sub)
		out.Count += g.Diagram.Count()
	}
	return out
}
