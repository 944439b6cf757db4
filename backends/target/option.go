package target

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// Option is one option of a target, as its tags declare it.
type Option struct {
	Flag string // of the command line, without the dashes; empty: it has none
	Key  string // in the target's section of the configuration; empty: it has none
	Root string // key of the configuration file itself that sets it too; empty: none does
	Is   string // what its value has to be, or each of a list or mapping; see [Kinds]
	Keys string // what the keys of a mapping have to be
	Help string // one sentence
	Type reflect.Type

	Refused string // why the key may not be given, and what to do instead; empty: it may

	index []int
}

// OptionsOf returns what the tags of a target's options declare. Fields of a struct tagged cfg:",inline" count as the
// struct's own, and so do those of an embedded one.
func OptionsOf(options any) []Option {
	return optionsIn(structOf(options).Type(), nil)
}

func optionsIn(t reflect.Type, at []int) []Option {
	var out []Option
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(slices.Clone(at), i)
		key := f.Tag.Get("cfg")
		if key == ",inline" || f.Anonymous {
			out = append(out, optionsIn(f.Type, index)...)
			continue
		}
		o := Option{Flag: f.Tag.Get("flag"), Key: key, Root: f.Tag.Get("root"), Is: f.Tag.Get("is"), Keys: f.Tag.Get("keys"), Help: f.Tag.Get("help"), Type: f.Type, Refused: f.Tag.Get("refused"), index: index}
		if o.Flag != "" || o.Key != "" || o.Root != "" {
			out = append(out, o)
		}
	}
	return out
}

func structOf(options any) reflect.Value {
	v := reflect.ValueOf(options)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("target: options are a %T, want a pointer to a struct", options))
	}
	return v.Elem()
}

// Words are the values that an option may have, where its tag lists them between bars.
func (o Option) Words() []string {
	if !strings.Contains(o.Is, "|") {
		return nil
	}
	return strings.Split(o.Is, "|")
}

// Set sets the options that the roots of the configuration name, and over them those of flags. Both hold texts: true for
// a switch, a number's digits.
func Set(options any, roots, flags map[string]string) error {
	v := structOf(options)
	for _, o := range OptionsOf(options) {
		field := v.FieldByIndex(o.index)
		if text := roots[o.Root]; o.Root != "" && text != "" {
			if err := setText(field, text); err != nil {
				return fmt.Errorf("%s %q: %w", o.Root, text, err)
			}
		}
		text, given := flags[o.Flag]
		if !given || o.Flag == "" {
			continue
		}
		if k := KindOf(options, o.Is); text != "" && !k.Fits(text) {
			return fmt.Errorf("--%s %q: want %s", o.Flag, text, k.Want)
		}
		if err := setText(field, text); err != nil {
			return fmt.Errorf("--%s %q: %w", o.Flag, text, err)
		}
	}
	return nil
}

// Values are the options that are set, by their keys, else by their flags.
func Values(options any) map[string]any {
	out := map[string]any{}
	v := structOf(options)
	for _, o := range OptionsOf(options) {
		if field := v.FieldByIndex(o.index); !field.IsZero() {
			out[cmp.Or(o.Key, o.Flag, o.Root)] = field.Interface()
		}
	}
	return out
}

func setText(v reflect.Value, text string) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return nil
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return asWanted(err, "true or false")
	case reflect.Int:
		n, err := strconv.Atoi(text)
		v.SetInt(int64(n))
		return asWanted(err, "a whole number")
	default:
		return fmt.Errorf("no flag can set a %s", v.Type())
	}
}

func asWanted(err error, want string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("want %s", want)
}

// Kind is what a value has to be.
type Kind struct {
	Want  string // in messages: "must be …"
	Fits  func(string) bool
	Hint  func(string) string // goes on about a value that does not fit; may be nil
	Doubt func(string) string // says why a value cannot be what was meant, as in [ir.Implausible]; may be nil
}

// Kinds is what options implement that have kinds of their own; nil Fits: it is not one of them.
type Kinds interface{ Kind(is string) Kind }

// Typed is what options implement whose defaults go by the type of the service that the configuration gives them as, such as
// Runnable's k8s-job.
type Typed interface{ Default(kind string) }

var (
	imageForm = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9_./:@]*$`)
	nameForm  = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9_.]*$`)
)

// Explain is what messages go on with where a value does not fit.
func (k Kind) Explain(value string) string {
	if k.Hint == nil {
		return ""
	}
	return k.Hint(value)
}

// doubt says why a value cannot be what was meant; empty: it can.
func (k Kind) doubt(value string) string {
	if k.Doubt == nil {
		return ""
	}
	return k.Doubt(value)
}

// KindOf returns the kind that a tag names: one of the options' own, image, name, count, cpu, memory, storage, or one of
// the words between bars. An empty tag takes everything.
func KindOf(options any, is string) Kind {
	if own, ok := options.(Kinds); ok && is != "" {
		if k := own.Kind(is); k.Fits != nil {
			return k
		}
	}
	switch is {
	case "":
		return Kind{Want: "a text", Fits: func(string) bool { return true }}
	case "image":
		return Kind{Want: "an image such as registry.example/app:1", Fits: imageForm.MatchString}
	case "name":
		return Kind{Want: "letters, digits, hyphens, underscores and dots", Fits: nameForm.MatchString}
	case "count":
		return Kind{Want: "a whole number from 0", Fits: func(s string) bool { n, err := strconv.Atoi(s); return err == nil && n >= 0 }}
	case "cpu", "memory", "storage": // what is no quantity is reported with the step that takes it
		doubt := func(s string) string { return ir.Implausible(is, s) }
		return Kind{Want: "a quantity such as 500m or 10Gi", Fits: func(string) bool { return true }, Doubt: doubt}
	}
	words := strings.Split(is, "|")
	last := len(words) - 1
	want := words[last]
	if last > 0 {
		want = strings.Join(words[:last], ", ") + " or " + words[last]
	}
	return Kind{Want: want, Fits: func(s string) bool { return slices.Contains(words, s) }}
}
