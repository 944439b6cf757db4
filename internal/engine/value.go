package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/ir"
)

// InlineLimit is the number of bytes above which a value is kept as a blob.
const InlineLimit = 64 << 10

// Value is a parameter's value. Exactly one of JSON, Blob and Items is set; the zero Value is no value at all.
type Value struct {
	Kind  ir.ValueKind    `json:"kind,omitempty"` // empty: json
	JSON  json.RawMessage `json:"json,omitempty"` // compact JSON text, key order as given; a text value is a JSON string
	Blob  *Blob           `json:"blob,omitempty"` // the JSON text, or for an object the pickled bytes
	Items []Value         `json:"items,omitempty"`
	Form  string          `json:"form,omitempty"` // what a task's language made the JSON text of: "numpy:<f4:2,3"
}

// Blob names bytes in the store by their content.
type Blob struct {
	Hash string `json:"sha256"` // lower-case hex
	Size int64  `json:"size"`
}

// Blobs reads and writes content-addressed bytes. The store implements it; tests may use a map.
type Blobs interface {
	// Get returns the bytes of b, verified against its hash.
	Get(b Blob) ([]byte, error)
	// Put keeps the bytes and returns their name.
	Put(data []byte) (Blob, error)
}

// IsZero reports whether v is no value at all.
func (v Value) IsZero() bool { return v.JSON == nil && v.Blob == nil && v.Items == nil }

// IsObject reports whether v is a pickled object or a list of such.
func (v Value) IsObject() bool { return v.Kind == ir.Object }

// NewJSON makes a json value from any JSON text, compacted. It refuses what is not one JSON value.
func NewJSON(text []byte) (Value, error) {
	c, err := Compact(text)
	if err != nil {
		return Value{}, err
	}
	return Value{JSON: c}, nil
}

// String makes a value that is a string.
func String(s string) Value { return Value{JSON: quote(s)} }

// Int makes a value that is a whole number.
func Int(n int) Value { return Value{JSON: strconv.AppendInt(nil, int64(n), 10)} }

// Bool makes a value that is true or false.
func Bool(b bool) Value { return Value{JSON: strconv.AppendBool(nil, b)} }

// Null is the value null.
func Null() Value { return Value{JSON: json.RawMessage("null")} }

// ParseText makes a value from text that need not be JSON: decoded as JSON where it parses, else the string
// itself (SEMANTICS 2, 3).
func ParseText(s string) Value {
	if v, err := NewJSON([]byte(s)); err == nil {
		return v
	}
	return String(s)
}

// quote returns s as a JSON string with nothing escaped that need not be.
func quote(s string) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// BlobOf names a blob by its content.
func BlobOf(data []byte) Blob {
	sum := sha256.Sum256(data)
	return Blob{Hash: hex.EncodeToString(sum[:]), Size: int64(len(data))}
}

// Compact returns one JSON value without insignificant white space and with strings escaped in one way, so that a
// value has one text on every target; numbers and key order stay as they are.
func Compact(text []byte) (json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("no value")
		}
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return nil, err
	}
	return plainStrings(b.Bytes()), nil
}

// plainStrings writes the strings of compact JSON as [quote] does. A string that is no Unicode text (half of a pair of
// surrogates) stays as it is.
func plainStrings(text []byte) json.RawMessage {
	if !bytes.ContainsAny(text, "\\\u2028\u2029") {
		return text
	}
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		start := bytes.IndexByte(text, '"')
		if start < 0 {
			break
		}
		end := start + 1
		for text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		literal := text[start : end+1]
		out = append(out, text[:start]...)
		var s string
		if err := json.Unmarshal(literal, &s); err == nil && !strings.ContainsRune(s, utf8.RuneError) {
			literal = quote(s)
		}
		out = append(out, literal...)
		text = text[end+1:]
	}
	return append(out, text...)
}

// Digest is the sha256 of what v is: its kind and its content.
func (v Value) Digest() [sha256.Size]byte {
	h := sha256.New()
	v.digest(h)
	return [sha256.Size]byte(h.Sum(nil))
}

func (v Value) digest(w io.Writer) {
	kind := v.Kind
	if kind == "" {
		kind = ir.JSON
	}
	fmt.Fprintf(w, "%s\x00", kind)
	if v.Form != "" {
		fmt.Fprintf(w, "form %s\x00", v.Form)
	}
	switch {
	case v.Items != nil:
		fmt.Fprintf(w, "items %d\x00", len(v.Items))
		for _, it := range v.Items {
			it.digest(w)
		}
	case v.Blob != nil:
		// A value has one digest wherever it is kept.
		fmt.Fprintf(w, "%s\x00", v.Blob.Hash)
	case v.JSON != nil:
		sum := sha256.Sum256(v.JSON)
		fmt.Fprintf(w, "%s\x00", hex.EncodeToString(sum[:]))
	}
}

// Keep returns v in the form in which it is recorded: as a blob when its text is longer than [InlineLimit].
func Keep(v Value, blobs Blobs) (Value, error) { return KeepAbove(v, InlineLimit, blobs) }

// KeepAbove is [Keep] with another limit, in bytes.
func KeepAbove(v Value, limit int, blobs Blobs) (Value, error) {
	if len(v.JSON) <= limit {
		return v, nil
	}
	b, err := blobs.Put(v.JSON)
	if err != nil {
		return Value{}, err
	}
	return Value{Kind: v.Kind, Form: v.Form, Blob: &b}, nil
}

// Text returns the JSON text of a value that is not an object, read from its blob where it is kept as one.
func (v Value) Text(blobs Blobs) (json.RawMessage, error) {
	switch {
	case v.IsObject():
		return nil, errors.New("a pickled object has no JSON form")
	case v.Blob != nil:
		return blobs.Get(*v.Blob)
	case v.JSON != nil:
		return v.JSON, nil
	}
	return nil, errors.New("no value")
}
