package golden

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/config"
	"github.com/runnable-render/runnable-render/internal/matrix"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
	"github.com/runnable-render/runnable-render/plugin"
)

// hostileReader reads a text of a kind that people, or programs that they choose, write. It returns what was said
// against the text.
type hostileReader struct {
	file string // "": what is said has no place
	read func(src []byte) diag.List
}

func readers() map[string]hostileReader {
	definition := func(file string) hostileReader {
		return hostileReader{file, func(src []byte) diag.List {
			return frontends.Read(context.Background(), file, src, frontends.Options{}).Diags
		}}
	}
	parameters := func(file string) hostileReader {
		return hostileReader{file, func(src []byte) diag.List {
			_, list := params.Load(params.Sources{File: file, FileBytes: src})
			return list
		}}
	}
	said := func(err error) (list diag.List) {
		if err != nil {
			list.Add(diag.Errorf("RR0019", diag.Span{}, "%v", err))
		}
		return list
	}
	return map[string]hostileReader{
		"definition": definition("pipeline.yaml"),
		"recorded":   definition("recorded.json"),
		"parameters": parameters("params.yaml"),
		"JSON":       parameters("params.json"),
		"configuration": {"runnable-config.yaml", func(src []byte) diag.List {
			_, list := config.Parse("runnable-config.yaml", src, nil, config.Sections{Names: []string{"argo", "compose"}})
			return list
		}},
		"IR":     {"", func(src []byte) diag.List { _, err := irjson.Decode(src); return said(err) }},
		"answer": {"", func(src []byte) diag.List { var a plugin.TaskAnswer; return said(plugin.Decode(src, &a)) }},
	}
}

var hostileLine = matrix.Of(256<<10, 2<<20) // bytes

const (
	hostileDepth = 100_000

	// What a reader may allocate: so much, and so much for each byte of the text.
	hostileBase   = 128 << 20
	hostileFactor = 500
)

// TestHostileTexts gives every reader texts that are made to break it. Each is refused with a message that is short,
// has a place, and shows no more of the text than a line of a terminal; what reading allocates is in proportion.
//
//nolint:paralleltest // it measures what is allocated
func TestHostileTexts(t *testing.T) {
	long := strings.Repeat("x", hostileLine)
	for name, tt := range map[string]struct{ yaml, json string }{
		"deep lists":           {"a: " + strings.Repeat("[", hostileDepth), `{"a":` + strings.Repeat("[", hostileDepth)},
		"deep lists, closed":   {"a: " + strings.Repeat("[", hostileDepth) + strings.Repeat("]", hostileDepth), `{"a":` + strings.Repeat("[", hostileDepth) + strings.Repeat("]", hostileDepth) + "}"},
		"deep mappings":        {strings.Repeat("{a: ", hostileDepth), strings.Repeat(`{"a":`, hostileDepth)},
		"deep blocks":          {strings.Repeat("- ", hostileDepth) + "x", ""},
		"anchor in itself":     {"a: &a\n  b: [*a]\n", ""},
		"anchors in a circle":  {"a: &a {b: &b [*a]}\nc: *b\n", ""},
		"a billion laughs":     {laughs(10), ""},
		"NUL":                  {"a: \"x\x00y\"\n", "{\"a\": \"x\x00y\"}"},
		"NUL alone":            {"\x00", "\x00"},
		"invalid UTF-8":        {"a: \"x\xffy\"\n", "{\"a\": \"x\xffy\"}"},
		"half a character":     {"a: x\xc3", "{\"a\": \"x\xc3"},
		"a long line, open":    {"a: [\"" + long, `{"a": "` + long},
		"a long key":           {"{" + long + ": [}", `{"` + long + `": [}`},
		"nothing but brackets": {strings.Repeat("[", hostileLine), strings.Repeat("[", hostileLine)},
	} {
		t.Run(name, func(t *testing.T) {
			for kind, r := range readers() {
				src := tt.yaml
				if strings.HasSuffix(r.file, ".json") || r.file == "" {
					src = tt.json
				}
				if src != "" {
					t.Run(kind, func(t *testing.T) { r.refuses(t, []byte(src)) })
				}
			}
		})
	}
}

func (r hostileReader) refuses(t *testing.T, src []byte) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	list := r.read(src)
	runtime.ReadMemStats(&after)
	if !list.HasErrors() {
		t.Fatal("not refused")
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(hostileBase+hostileFactor*len(src)) {
		t.Errorf("%d MiB were allocated for a text of %d KiB", used>>20, len(src)>>10)
	}
	for _, d := range list {
		if len(d.Message) > 1000 {
			t.Errorf("the message has %d bytes: %.200s…", len(d.Message), d.Message)
		}
		if r.file != "" && (d.Span.File != r.file || d.Span.Line == 0) {
			t.Errorf("no place: %s", d.Message)
		}
	}
	var printed bytes.Buffer
	if err := diag.Print(&printed, diag.Text, list, map[string][]byte{r.file: src}); err != nil {
		t.Fatal(err)
	}
	if printed.Len() > 2000*len(list) {
		t.Errorf("%d bytes are printed for %d messages: %.400s…", printed.Len(), len(list), printed.String())
	}
}

// laughs is a list, and so many lists of ten aliases of the list before.
func laughs(lists int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x]\n")
	for i := range lists {
		fmt.Fprintf(&b, "a%d: &a%[1]d [%s*a%[3]d]\n", i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	return b.String()
}
