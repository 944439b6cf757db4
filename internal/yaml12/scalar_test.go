package yaml12

import (
	"testing"

	"gopkg.in/yaml.v3"
)

// TestKindOfPlain follows YAML 1.2.2, section 10.3.2, and the places where the library does not.
func TestKindOfPlain(t *testing.T) {
	t.Parallel()
	for kind, texts := range map[Kind][]string{
		Null:  {"", "~", "null", "Null", "NULL"},
		Bool:  {"true", "True", "TRUE", "false", "False", "FALSE"},
		Int:   {"0", "014", "-7", "+7", "0o14", "0xFf", "123456789012345678901234567890"},
		Float: {"1.0", "1.", ".5", "-.5", "1e3", "1E-3", "+1.5e+3", ".inf", "-.Inf", "+.INF", ".nan", ".NaN"},
		String: {
			"yes", "no", "on", "off", "y", "n", "tRUE", "nULL", "1_000", "0b11", "0o8", "0xg", "2024-01-01",
			"2024-01-01T00:00:00Z", "12:30:45", "1e", ".", "-", "+", "-.", "1.2.3", "e3", "=", "<<", "-.nan", "0x", "inf",
		},
	} {
		for _, text := range texts {
			if got := kindOfPlain(text); got != kind {
				t.Errorf("kindOfPlain(%q) = %d, want %d", text, got, kind)
			}
		}
	}
}

func TestQuotedIsText(t *testing.T) {
	t.Parallel()
	for _, style := range []yaml.Style{yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle} {
		for _, text := range []string{"1", "true", "null", ""} {
			if got := KindOf(&yaml.Node{Kind: yaml.ScalarNode, Style: style, Value: text}); got != String {
				t.Errorf("KindOf(%q in style %d) = %d, want text", text, style, got)
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"014": "14", "+7": "7", "-07": "-7", "0o17": "15", "0xfF": "255", "-0": "0",
		"123456789012345678901234567890": "123456789012345678901234567890",
	} {
		if got := Integer(in).String(); got != want {
			t.Errorf("integer(%q) = %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"1.0": "1.0", "1.": "1.0", ".5": "0.5", "-.5": "-0.5", "+1.5": "1.5", "1e3": "1e3", "1E+3": "1E+3", "007.50": "7.50",
		"00.1": "0.1", "-0.0": "-0.0", "0.1000000000000000055511151231257827": "0.1000000000000000055511151231257827", "12": "12.0",
	} {
		if got, ok := FloatJSON(in); !ok || got != want {
			t.Errorf("float(%q) = %s, %t, want %s", in, got, ok, want)
		}
	}
	for _, in := range []string{".inf", "-.inf", ".nan", "1e999", "-1e999"} {
		if got, ok := FloatJSON(in); ok {
			t.Errorf("float(%q) = %s, want none", in, got)
		}
	}
}
