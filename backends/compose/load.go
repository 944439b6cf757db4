package compose

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// load is what a run starts from: the definition and the initial parameters, as begin gets them.
type load struct {
	definition string // as RUNNABLE_DEFINITION holds it
	names      string // JSON list of the parameters' names
	values     []string
	digest     string // of all of it
}

// load packs the definition and the parameters into variables.
func (b *builder) load() load {
	var l load
	doc, err := irjson.Encode(b.pipeline)
	if err != nil {
		b.diags.Add(diag.Errorf(codeDefinition, b.pipeline.Span, "compose: the definition cannot be put into the plan: %v", err))
		return l
	}
	l.definition = string(doc)
	if len(doc) > maxPlain {
		l.definition = "gz:" + pack(doc)
	}
	if len(l.definition) > maxEnv {
		b.diags.Add(diag.Errorf(codeDefinition, b.pipeline.Span, "compose: the definition takes %d KiB when compressed, and a container's variable holds %d; run it locally or on Argo, or divide the pipeline", len(l.definition)>>10, maxEnv>>10))
	}
	b.loadParameters(&l)
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q", l.definition, l.names, l.values)
	l.digest = hex.EncodeToString(sum.Sum(nil)[:8])
	return l
}

func (b *builder) loadParameters(l *load) {
	names := make([]string, len(b.Parameters))
	total := 0
	for i, p := range b.Parameters {
		names[i] = p.Name
		value := base64.StdEncoding.EncodeToString(p.Value)
		if total += len(value); len(value) > maxEnv {
			b.diags.Add(diag.Errorf(codeParameters, b.pipeline.Span, "compose: the initial parameter %q has %d KiB, and a container's variable holds %d; put the data into a file and give its name", p.Name, len(p.Value)>>10, maxEnv*3/4>>10))
		}
		l.values = append(l.values, value)
	}
	if total > maxEnviron {
		b.diags.Add(diag.Errorf(codeParameters, b.pipeline.Span, "compose: the initial parameters have %d KiB together, and a container's environment holds %d; put the data into files and give their names", total*3/4>>10, maxEnviron*3/4>>10))
	}
	text, err := json.Marshal(names)
	if err != nil { // strings always marshal
		panic(err)
	}
	l.names = string(text)
}

// pack compresses the definition; the same bytes come out the same.
func pack(doc []byte) string {
	var zipped bytes.Buffer
	w, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if _, err := w.Write(doc); err != nil { // a buffer takes everything
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(zipped.Bytes())
}
