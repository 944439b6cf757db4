package backends

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/backends/target"
)

var update = flag.Bool("update", false, "rewrite docs/options.md")

// optionsPage is the reference of targets' options.
const optionsPage = "../docs/options.md"

// TestOptionsPage keeps the page as the tags of the targets' options say it, and demands a sentence for each.
func TestOptionsPage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Options of targets\n\nGenerated from the tags of the targets' options by `go test ./backends -update`. Keys belong to the target's section of\n`runnable-config.yaml`. A dot separates nested keys, `[]` is an entry of a list, `*` is any name; `root` is the key at the top of the\nfile that sets the same. A flag overrides a key, and a key of the section overrides one at the top of the file.\n")
	for _, one := range All() {
		rows := rowsOf(t, one.Options(), one.Options(), "")
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| key | flag | root | what it sets | values |\n| --- | --- | --- | --- | --- |\n%s", one.Name(), strings.Join(rows, ""))
	}
	got := b.String()
	if *update {
		if err := os.WriteFile(optionsPage, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(optionsPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/options.md differs (-on disk +made); -update rewrites it:\n%s", diff)
	}
}

// rowsOf are the rows of a struct's options, each followed by those of the struct that it holds.
func rowsOf(t *testing.T, all, options any, under string) []string {
	t.Helper()
	var rows []string
	for _, o := range target.OptionsOf(options) {
		if o.Help == "" {
			t.Errorf("%T: %s has no help", options, cmp.Or(o.Key, o.Flag))
		}
		key := o.Key
		if key != "" {
			key = under + key
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s | %s |\n", code("", key), code("--", o.Flag), code("", o.Root), bars(o.Help), bars(values(all, o))))
		inner, way := o.Type, key+"."
		for {
			switch inner.Kind() {
			case reflect.Pointer:
				inner = inner.Elem()
				continue
			case reflect.Slice:
				inner, way = inner.Elem(), key+"[]."
				continue
			case reflect.Map:
				inner, way = inner.Elem(), key+".*."
				continue
			}
			break
		}
		if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[target.Raw]() && o.Key != "overrides" {
			rows = append(rows, rowsOf(t, all, reflect.New(inner).Interface(), way)...)
		}
	}
	return rows
}

// values says which values an option takes.
func values(all any, o target.Option) string {
	t := o.Type
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case len(o.Words()) > 0:
		return strings.Join(o.Words(), ", ")
	case o.Is != "":
		return target.KindOf(all, o.Is).Want
	case t.Kind() == reflect.Bool:
		return "true, false"
	}
	return ""
}

func code(before, text string) string {
	if text == "" {
		return ""
	}
	return "`" + before + text + "`"
}

func bars(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
