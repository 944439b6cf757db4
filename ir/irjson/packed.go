package irjson

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"

	"github.com/runnable-render/runnable-render/ir"
)

// ErrLong says that a pipeline does not fit.
var ErrLong = errors.New("the definition is too long for a variable, also when it is packed; split the pipeline, or render for Argo")

// Fitting encodes a pipeline in at most so many bytes: readable where it takes half of them, else packed, which the runner takes too.
func Fitting(p *ir.Pipeline, most int) (string, error) {
	text, err := Encode(p)
	if err != nil || len(text) <= most/2 {
		return string(text), err
	}
	out := Packed(text)
	if len(out) > most {
		return "", ErrLong
	}
	return out, nil
}

// Packed is an encoded pipeline as a shorter text, which the runner takes too.
func Packed(text []byte) string {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(text) // into memory
	_ = z.Close()
	return "gz:" + base64.StdEncoding.EncodeToString(packed.Bytes())
}
