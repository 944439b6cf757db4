package argo

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// ParseConfig reads a Config from YAML or JSON text, with the places of what is wrong with it. file is for messages.
func ParseConfig(file string, src []byte) (Config, diag.List) {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return Config{}, diag.List{diag.Errorf("RR1001", yamlErrorSpan(file, err), "the configuration is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	if doc.Kind == 0 {
		return Config{}, nil
	}
	return DecodeConfig(file, &doc)
}

var lineOfError = regexp.MustCompile(`line (\d+)`)

func yamlErrorSpan(file string, err error) diag.Span {
	span := diag.Span{File: file}
	var typeErr *yaml.TypeError
	if m := lineOfError.FindStringSubmatch(err.Error()); m != nil && !errors.As(err, &typeErr) {
		span.Line, _ = strconv.Atoi(m[1])
	}
	return span
}

// DecodeConfig reads a Config from a YAML node.
func DecodeConfig(file string, node *yaml.Node) (Config, diag.List) {
	var o Options
	list := target.Decode(&o, file, "config", node)
	return o.Config, list
}
