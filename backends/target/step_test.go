package target_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
)

// TestSettingsAreExact reads characters that YAML refuses, or folds, and texts that YAML has other values for.
func TestSettingsAreExact(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 2000)
	want := map[string]string{
		"a": "\x7f", "b": "\u0080\u009f", "c": "\ufffe\uffff", "d": "x\u2028y\u0085z\u2029", "e": " \n\t\r x ", "f": "\x00\x1b", "g": "yes", "h": "1_000", "i": "",
		"\u0085": "key", "<<": "merge", long: "long",
	}
	text, err := json.Marshal(map[string]any{"env": want, "size": 9007199254740993, "on": true, "none": nil, "raw": map[string]any{"list": []any{1, "1", true, nil}, "big": 1e30}})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Env  map[string]string `cfg:"env"`
		Size int               `cfg:"size"`
		On   bool              `cfg:"on"`
		None *string           `cfg:"none"`
		Raw  target.Raw        `cfg:"raw"`
	}
	if list := target.DecodeStep(&got, ir.TargetSettings{Target: "x", Settings: string(text)}); len(list) > 0 {
		t.Fatal(list)
	}
	if diff := cmp.Diff(want, got.Env); diff != "" {
		t.Error(diff)
	}
	if got.Size != 9007199254740993 || !got.On || got.None != nil {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff(`{"big":1e+30,"list":[1,"1",true,null]}`, string(got.Raw.JSON)); diff != "" {
		t.Error(diff)
	}
}

// TestUnreadableSettingsAreTold: nothing that was said for a target is left out in silence.
func TestUnreadableSettingsAreTold(t *testing.T) {
	t.Parallel()
	var got struct {
		Env map[string]string `cfg:"env"`
	}
	for _, text := range []string{"", `{"env": {`, `{"env": }`} {
		if list := target.DecodeStep(&got, ir.TargetSettings{Target: "x", Settings: text}); len(list) != 1 || list[0].Code != ir.CodeTargetValue {
			t.Errorf("%q: said %v", text, list)
		}
	}
}
