package argo

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/backends/internal/kubekind"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// storage is where the run keeps its facts.
type storage struct {
	url       string
	claim     string // a claim that is there already
	generated bool   // a claim that comes and goes with the workflow
	shared    bool   // many nodes may mount the claim
}

// openStore decides where the run keeps its facts.
func (b *builder) openStore() {
	c := b.o.Config
	b.store.shared = c.StoreAccess == "ReadWriteMany"
	b.store.url = "file://" + storeMount
	switch text := cmp.Or(b.o.Store, c.Store); {
	case text != "":
		u, err := url.Parse(text)
		if err != nil || u.Scheme == "" {
			b.refuse("RR1008", diag.Span{File: b.o.ConfigFile}, "the store %q is not a URL; write it like s3://bucket?region=eu-west-1, gs://bucket or azblob://container", text)
			return
		}
		if u.Scheme == "file" || u.Scheme == "mem" {
			b.refuse("RR1008", diag.Span{File: b.o.ConfigFile}, "the store %q is not one that pods share; give a bucket (s3://…, gs://…, azblob://…), or a claim by pvc_for_runnable", text)
			return
		}
		b.store.url = text
	case c.PVC != "":
		b.store.claim = c.PVC
	default:
		b.store.generated = true
		b.notes = append(b.notes, "the run's facts are kept in a claim that goes with the workflow; give --store s3://bucket (or `store:` in the configuration) to keep them")
	}
	b.plainText("store", b.store.url, diag.Span{File: b.o.ConfigFile})
}

// plainText refuses settings that Argo would not carry as they are.
func (b *builder) plainText(key, value string, at diag.Span) {
	if strings.Contains(value, "{{") || !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }) {
		b.refuse("RR1009", at, "%s holds %.40q: Argo would take `{{` for a tag, and fails on control characters; put the value into a Secret, or write it another way", key, value)
	}
}

// checkSettings looks through what of some settings goes into the manifest as text.
func (b *builder) checkSettings(where string, at diag.Span, s Settings) {
	for i := range s.Env {
		b.plainText(where+".env "+s.Env[i].name(), s.Env[i].Value, at)
		if _, why := s.Env[i].Wrong(); why != "" {
			b.refuse("RR1003", at, "%s.env %s", where, why)
		}
	}
	b.plainText(where+".image", s.Image, at)
	for k, v := range s.Annotations {
		b.plainText(where+".annotations "+k, v, at)
	}
	b.plainRaw(where+".pod_spec_patch", at, s.PodSpecPatch)
	b.plainRaw(where+".affinity", at, s.Affinity)
	for i := range s.Volumes {
		b.plainText(where+".volumes", strings.Join(s.Volumes[i].texts(), "\n"), at)
	}
	if s.FailFast != nil && *s.FailFast {
		b.warn("RR1022", at, "%s.fail_fast has no effect: what does not depend on a failure runs on, unless the composite itself says fail_fast (SEMANTICS 2.10)", where)
	}
}

// plainRaw looks through the texts of what goes into the manifest as it is.
func (b *builder) plainRaw(where string, at diag.Span, raw *target.Raw) {
	var value any
	if raw == nil || json.Unmarshal(raw.JSON, &value) != nil {
		return
	}
	var walk func(value any)
	walk = func(value any) {
		switch value := value.(type) {
		case string:
			b.plainText(where, value, at)
		case map[string]any:
			for _, key := range sortedKeys(value) {
				b.plainText(where, key, at)
				walk(value[key])
			}
		case []any:
			for _, item := range value {
				walk(item)
			}
		}
	}
	walk(value)
}

// checkConfig looks through what of the configuration goes into the manifest as text.
func (b *builder) checkConfig() {
	c := b.o.Config
	b.checkNames()
	at := diag.Span{File: b.o.ConfigFile}
	b.checkSettings("defaults", at, c.Defaults)
	for _, key := range sortedKeys(c.Overrides) {
		b.checkSettings("overrides."+key, at, c.Overrides[key])
	}
	b.checkMounts("custom_volumes", at, c.CustomVolumes)
	if c.Mock {
		b.refuse("RR1003", diag.Span{File: b.o.ConfigFile}, "mock: true is not supported on Argo; make the steps stubs, or run the pipeline locally")
	}
	for _, k := range []struct{ key, value, instead string }{
		{"configmap_cache_name", c.CacheName, "steps are cached in the store (`cache: true` on the step)"},
		{"output_file", c.OutputFile, "the manifest goes to stdout, or where -o says"},
		{"log_level", c.LogLevel, "a pod's log is what its step prints"},
	} {
		if k.value != "" {
			b.warn("RR1022", diag.Span{File: b.o.ConfigFile}, "%s has no effect: %s", k.key, k.instead)
		}
	}
	b.checkSchedules()
}

// checkSchedules looks at when the workflow is to be started by time.
func (b *builder) checkSchedules() {
	own := b.o.Config.Cron
	if len(b.crons()) == 0 && !reflect.ValueOf(own).IsZero() {
		b.warn("RR1022", diag.Span{File: b.o.ConfigFile}, "cron_schedule has no effect without schedules")
	}
	if len(own.Schedules) > 0 && !b.o.Directory {
		b.warn("RR1023", diag.Span{File: b.o.ConfigFile}, "cron_schedule is left out of a single Workflow; render with -o DIR/ to get the CronWorkflow")
	}
	for _, s := range b.pipeline.Schedules {
		switch {
		case len(own.Schedules) > 0:
			b.warn("RR1022", s.Span, "the definition's schedule %q has no effect: cron_schedule of the configuration replaces it", s.Cron)
			continue
		case !b.o.Directory:
			b.warn("RR1023", s.Span, "the schedule %q is left out of a single Workflow; render with -o DIR/ to get the CronWorkflow", s.Cron)
		}
		if s.When != "" && b.o.Version.before("3.6") {
			b.refuse("RR1003", s.Span, "the schedule %q has when, which Argo 3.5 has not; name a newer version with --argo-version", s.Cron)
		}
		for _, why := range kubekind.Refused(s) {
			b.refuse("RR1003", s.Span, "%s", why)
		}
	}
}

// param is an initial parameter as it travels: as an argument of the workflow that a submitter can set, and from
// there in base64 into the pods, because Argo would evaluate tags inside the data.
type param struct {
	name  string // in the pipeline
	arg   string // of the workflow; empty: it is not exposed
	value string // of the argument
	open  bool   // it has none: who submits the workflow gives it
	env   string // of the variable
}

func (b *builder) readParameters() {
	names := namer{argRun: true, argDefinition: true}
	exposed := b.o.Config.Expose == nil || *b.o.Config.Expose
	for _, p := range b.o.Parameters {
		out := param{name: p.Name, value: declaredText(ir.Declared(b.pipeline.Parameters, p.Name), p.Value)}
		if len(out.value) > maxParamValue {
			b.refuse("RR1013", diag.Span{}, "the parameter %q is %d bytes long, and Kubernetes passes at most %d in a variable; give it as a file in the image or the catalog", p.Name, len(out.value), maxParamValue)
			continue
		}
		if exposed {
			out.arg = paramArg(names, p.Name)
			out.env = "{{=sprig.b64enc(workflow.parameters['" + out.arg + "'])}}"
		} else {
			out.env = base64.StdEncoding.EncodeToString([]byte(out.value))
		}
		b.params = append(b.params, out)
	}
	for _, p := range b.pipeline.Parameters {
		if given := slices.ContainsFunc(b.o.Parameters, func(g Parameter) bool { return g.Name == p.Name }); given || !exposed {
			continue
		}
		arg := paramArg(names, p.Name)
		b.params = append(b.params, param{name: p.Name, arg: arg, open: true, env: "{{=sprig.b64enc(workflow.parameters['" + arg + "'])}}"})
	}
}

// declaredText is the text of a value as it stands in an argument: of one that is declared as text, the text itself.
func declaredText(p *ir.Parameter, value json.RawMessage) string {
	if p != nil && (p.Type == ir.StrType || p.Type == ir.FileType) && value[0] == '"' {
		if s := ir.Unquoted(string(value)); bare(s) && s[0] != '"' && s != "null" {
			return s
		}
	}
	return paramText(value)
}

// paramArg is the name of the argument for a parameter: its own where Argo allows that.
func paramArg(names namer, name string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-':
			return r
		}
		return '-'
	}, name)
	if plain == "" || names[plain] || len(plain) > 100 || plain != name && names[plain] {
		plain = plain[:min(len(plain), 100)] + "-" + hash8(name)
	}
	names[plain] = true
	return plain
}

// paramText is the value as a person would set it: a string that nothing could take for JSON or for a tag bare,
// everything else as JSON.
func paramText(value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) == nil && len(value) > 0 && value[0] == '"' && !json.Valid([]byte(s)) && bare(s) {
		return s
	}
	return asciiJSON(bytes.TrimSpace(value))
}

func bare(s string) bool {
	return s != "" && strings.TrimSpace(s) == s && !strings.Contains(s, "{{") && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f })
}

// readDefinition decides how the definition travels: once, as an argument of the workflow that every template names,
// so that a reviewer reads it in one place however many profiles there are.
func (b *builder) readDefinition() {
	text, err := irjson.Encode(b.pipeline)
	if err != nil {
		b.refuse("RR1014", b.pipeline.Span, "the definition cannot be written down: %v", err)
		return
	}
	if b.fits(text) {
		b.definition = dollars(string(text))
		return
	}
	packed := pack(text)
	switch {
	case len(packed) < maxEnv:
		b.definition = packed
		b.notes = append(b.notes, "the definition is too long for the manifest, which holds it compressed")
	case b.o.Directory && len(text) < maxObject:
		b.fileText, b.configMap = string(text), b.name()+"-definition"
	case b.o.Directory:
		b.refuse("RR1014", b.pipeline.Span, "the definition has %d bytes, and Kubernetes keeps at most %d in a ConfigMap; split the pipeline", len(text), maxObject)
	default:
		b.refuse("RR1014", b.pipeline.Span, "the definition has %d bytes compressed, and a variable holds at most %d; render with -o DIR/, where it goes into a ConfigMap", len(packed), maxEnv)
	}
}

// dollars doubles the dollar signs that Kubernetes would expand in a variable's value: it reads $(NAME) as the value
// of NAME and $$ as one dollar sign.
func dollars(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteByte(text[i])
		if text[i] == '$' && i+1 < len(text) && (text[i+1] == '$' || text[i+1] == '(') {
			b.WriteByte('$')
		}
	}
	return b.String()
}

// fits reports whether the definition can stand in the manifest as it is. Argo 3.5 copies each pod's template, with
// the definition in it, into one variable.
func (b *builder) fits(text []byte) bool {
	if b.o.Version == "3.5" {
		quoted, _ := json.Marshal(string(text))
		return len(quoted) <= maxEnv-16<<10
	}
	return len(text) <= maxPlain
}

func pack(text []byte) string {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, _ = w.Write(text) // a buffer takes everything
	_ = w.Close()
	return "gz:" + base64.StdEncoding.EncodeToString(buf.Bytes())
}
