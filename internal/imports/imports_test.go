package imports

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/runnable-render/runnable-render/"

// rules says what each package may import: a word with a dot in its first part is a module, or what several begin
// with; any other is a package of this project, `*` all of them. The standard library is allowed, but for pure
// packages, and so is what stands in one's own folder internal.
//
// Frontends and backends import ir, never each other; cobra stands in app alone, the modules of Kubernetes and Argo
// in backends/argo, backends/kubernetes and backends/slurm (which reads quantities) alone, compose-go in backends/compose alone.
const rules = `
ir/diag                    :
ir                         : ir/diag
ir/irjson                  : ir ir/diag
internal/check             : ir ir/diag internal/engine frontends/pycheck
internal/yaml12            : ir/diag gopkg.in/yaml.v3
internal/textfile          :
internal/surrogates        :
internal/mask              :
internal/runnerenv         : ir/diag
internal/oracle            : ir
internal/imports           :
internal/firstgc           :
internal/foldercopy        :
internal/filelock          : golang.org/x/sys
internal/pyenv             : internal/execpath internal/filelock internal/procgroup
internal/project           :
internal/workfolder        : golang.org/x/sys
frontends/yamldef          : ir ir/diag internal/yaml12 gopkg.in/yaml.v3
frontends/pydef            : internal/project internal/workfolder ir ir/diag ir/irjson python
frontends/metaflow         :
frontends/pycheck          : internal/project internal/textfile ir ir/diag github.com/bmatcuk/doublestar
frontends/golang           : ir ir/diag plugin
frontends/wfformat         : ir ir/diag github.com/go-json-experiment/json
frontends                  : internal/project internal/textfile ir ir/diag frontends/yamldef frontends/pydef frontends/metaflow frontends/golang frontends/wfformat plugin python
plugin                     : internal/procgroup internal/workfolder ir ir/diag ir/irjson
plugin/buckets             : gocloud.dev
plugin/buckets/s3store     : plugin/buckets gocloud.dev github.com/aws
plugin/buckets/gcsstore    : plugin/buckets gocloud.dev
plugin/buckets/azurestore  : plugin/buckets gocloud.dev
pipeline                   : internal/surrogates ir ir/diag plugin
internal/engine            : internal/surrogates ir ir/diag go.starlark.net
internal/store             : internal/engine ir ir/diag plugin/buckets gocloud.dev golang.org/x/sys
internal/params            : internal/engine ir ir/diag internal/textfile internal/yaml12 gopkg.in/yaml.v3
internal/accept            : ir ir/diag
internal/config            : internal/runnerenv ir ir/diag internal/yaml12 gopkg.in/yaml.v3
internal/execpath          :
internal/procgroup         :
python                     : internal/execpath
internal/cache             : internal/engine internal/project ir internal/store github.com/bmatcuk/doublestar
internal/step              : internal/project internal/cache internal/engine internal/execpath internal/mask internal/pyenv internal/runnerenv internal/surrogates internal/textfile internal/workfolder ir ir/diag plugin internal/store python github.com/bmatcuk/doublestar golang.org/x/sys
internal/progress          : internal/engine github.com/charmbracelet/x/ansi
internal/progress/live     : internal/progress charm.land github.com/charmbracelet golang.org/x/term
internal/runs              : internal/engine ir ir/diag ir/irjson internal/progress internal/store github.com/charmbracelet/x/ansi
internal/hooks             : internal/engine ir internal/runs internal/step plugin
internal/runs/index        : internal/runs internal/store
internal/lineage           : internal/engine ir internal/runs internal/store github.com/google/uuid
internal/layout            :
internal/drawing           : ir internal/layout
internal/diff              : ir github.com/rogpeppe
internal/pipetest          : internal/engine internal/params internal/step internal/yaml12 ir ir/diag gopkg.in/yaml.v3
internal/drawing/manifest  : internal/drawing gopkg.in/yaml.v3
web                        :
internal/report            : internal/drawing internal/engine ir internal/runs internal/store web
internal/ui                : internal/engine internal/report internal/runs internal/store web
backends/internal/yamlout  : ir ir/diag gopkg.in/yaml.v3
backends/internal/flow     : ir
backends/internal/pyout    : internal/surrogates
backends/internal/kubekind : backends/target ir ir/diag github.com/robfig/cron k8s.io
backends/internal/onepod   : internal/runnerenv ir k8s.io
backends/container         : backends/local internal/engine internal/runnerenv internal/step internal/store ir ir/diag plugin
backends/target            : ir ir/diag backends/internal/yamlout internal/drawing gopkg.in/yaml.v3
backends/argo/kube         : backends/argo backends/target
backends/compose/up        : backends/compose backends/target internal/params internal/procgroup internal/runnerenv internal/workfolder
backends/local/here        : backends/local backends/target internal/drawing internal/engine ir ir/diag
backends/kubernetes        : backends/internal/onepod backends/internal/kubekind backends/internal/yamlout backends/target internal/runnerenv ir ir/diag ir/irjson github.com/distribution/reference k8s.io sigs.k8s.io
backends/airflow           : backends/internal/flow backends/internal/kubekind backends/internal/onepod backends/internal/pyout backends/target internal/runnerenv ir ir/diag ir/irjson
backends/slurm             : backends/internal/flow backends/internal/onepod backends/target internal/runnerenv ir ir/diag ir/irjson k8s.io
backends/slurm/up          : backends/slurm backends/target internal/params internal/procgroup internal/project internal/runnerenv internal/workfolder
backends/actions           : backends/internal/flow backends/internal/yamlout backends/target internal/runnerenv ir ir/diag ir/irjson github.com/robfig/cron
backends                   : backends/actions backends/airflow backends/kubernetes backends/stepfunctions backends/target backends/argo/kube backends/compose/up backends/slurm/up backends/local/here
backends/stepfunctions     : backends/internal/onepod backends/internal/kubekind backends/internal/yamlout backends/target internal/runnerenv ir ir/diag ir/irjson gopkg.in/yaml.v3
backends/argo              : ir ir/diag ir/irjson backends/internal/onepod backends/internal/kubekind backends/internal/yamlout internal/runnerenv gopkg.in/yaml.v3 github.com/argoproj k8s.io sigs.k8s.io github.com/distribution/reference backends/target internal/drawing/manifest
backends/compose           : ir ir/diag ir/irjson backends/internal/onepod backends/internal/yamlout internal/runnerenv gopkg.in/yaml.v3 github.com/compose-spec github.com/distribution/reference backends/target internal/drawing/manifest
backends/local             : internal/cache internal/engine internal/foldercopy internal/workfolder ir ir/diag internal/progress internal/runs internal/step internal/store github.com/bmatcuk/doublestar
runner                     : internal/project backends/local internal/engine internal/hooks internal/foldercopy internal/runnerenv ir ir/diag ir/irjson internal/params internal/progress internal/runs internal/step internal/store internal/workfolder plugin plugin/buckets
app                        : * github.com/spf13 github.com/rogpeppe github.com/bmatcuk/doublestar golang.org/x/term gopkg.in/yaml.v3
bench                      : *
internal/release/licences  :
internal/release/systems   : golang.org/x/tools
internal/imagetar          :
internal/testvenv          : internal/filelock
internal/testbuild         : internal/filelock
internal/matrix            :
internal/cases             : github.com/google/go-cmp github.com/rogpeppe
cmd/runner-image           : internal/imagetar
golden                     : * github.com/google/go-cmp gopkg.in/yaml.v3
e2e                        : * github.com/google/go-cmp gopkg.in/yaml.v3
e2e/*                      : * github.com/google/go-cmp gopkg.in/yaml.v3
golden/*                   : pipeline
examples/*                 : app backends/target frontends frontends/yamldef ir ir/diag ir/irjson pipeline plugin plugin/buckets examples/custom-build/shell gocloud.dev
cmd/runnable-render        : app internal/firstgc
cmd/runnable-step          : runner internal/firstgc plugin/buckets plugin/buckets/s3store golang.org/x/crypto/x509roots
cmd/runnable-step-full     : runner internal/firstgc plugin/buckets plugin/buckets/s3store plugin/buckets/gcsstore plugin/buckets/azurestore golang.org/x/crypto/x509roots
`

// notLinked are the modules that must not even be linked into what runs in a user's container or program.
var notLinked = []struct {
	packages []string
	modules  []string
}{
	{
		[]string{"runner", "internal/step", "internal/engine", "internal/store", "backends/local", "cmd/runnable-step", "cmd/runnable-step-full"},
		[]string{"github.com/argoproj", "k8s.io", "sigs.k8s.io", "github.com/compose-spec", "github.com/spf13/cobra", "charm.land", module + "frontends", module + "app", module + "internal/drawing", module + "web", module + "internal/report", module + "internal/ui"},
	},
	{ // what a user's program links by defining a pipeline
		[]string{"pipeline", "plugin"},
		[]string{
			"github.com/argoproj", "k8s.io", "sigs.k8s.io", "github.com/compose-spec", "github.com/spf13", "charm.land", "github.com/charmbracelet", "gocloud.dev",
			"gopkg.in/yaml.v3", "go.starlark.net", module + "backends", module + "frontends", module + "app", module + "internal/engine", module + "internal/store",
		},
	},
}

// pure are the packages that take bytes and options and return bytes and diagnostics: no clock, environment,
// random, working directory, network or disk.
var pure = []string{"internal/layout", "internal/drawing", "internal/diff", "internal/pipetest", "ir", "ir/diag", "ir/irjson", "internal/engine", "frontends/yamldef", "frontends/wfformat", "backends/target", "backends/airflow", "backends/argo", "backends/compose", "backends/kubernetes", "backends/slurm", "backends/actions", "backends/stepfunctions", "backends/internal/flow", "backends/internal/kubekind", "backends/internal/pyout", "backends/internal/yamlout", "internal/runnerenv"}

// impure are the packages of the standard library that pure packages do not import.
var impure = []string{
	"os", "net", "syscall", "log", "math/rand", "crypto/rand", "path/filepath", "runtime", "plugin", "unsafe", "testing", "flag", "embed",
}

// allowedBelow are packages below an impure one that only handle text.
var allowedBelow = []string{"net/url", "net/netip"}

// clock are the functions and variables of package time that read the clock, wait, or ask the machine for its zone.
var clock = []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Sleep", "Local", "LoadLocation"}

type pkg struct {
	dir      string
	standard bool
	imports  []string
	files    []string
}

// load asks go list for all packages of the module and all that they need.
func load(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-deps", "-f",
		`{{.ImportPath}}{{"\t"}}{{.Dir}}{{"\t"}}{{.Standard}}{{"\t"}}{{join .Imports " "}}{{"\t"}}{{join .GoFiles " "}}`, "./...")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	all := map[string]pkg{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		all[f[0]] = pkg{dir: f[1], standard: f[2] == "true", imports: strings.Fields(f[3]), files: strings.Fields(f[4])}
	}
	return all
}

// within reports whether an import path is the prefix or below it.
func within(importPath, prefix string) bool {
	return importPath == prefix || strings.HasPrefix(importPath, prefix+"/")
}

// parseRules returns what each package may import.
func parseRules(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for line := range strings.Lines(rules) {
		name, may, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		out[strings.TrimSpace(name)] = strings.Fields(may)
	}
	return out
}

// mayImport reports whether a rule allows an import.
func mayImport(may []string, own, imported string) bool {
	inner, mine := strings.CutPrefix(imported, module)
	for _, word := range may {
		first, _, _ := strings.Cut(word, "/")
		switch {
		case word == "*":
			if mine {
				return true
			}
		case strings.Contains(first, "."):
			if !mine && within(imported, word) {
				return true
			}
		case mine && inner == word:
			return true
		}
	}
	return mine && within(inner, own+"/internal")
}

func TestDirection(t *testing.T) {
	t.Parallel()
	all, may := load(t), parseRules(t)
	for importPath, p := range all {
		name, mine := strings.CutPrefix(importPath, module)
		if !mine {
			continue
		}
		allowed, known := may[name]
		if !known && !strings.Contains(name, "internal") {
			folder, _, _ := strings.Cut(name, "/")
			allowed, known = may[folder+"/*"]
		}
		if !known {
			t.Errorf("say in the rules what package %s may import, and in docs/architecture.md what it is for", name)
		}
		for _, imported := range p.imports {
			if !all[imported].standard && known && !mayImport(allowed, name, imported) {
				t.Errorf("%s imports %s, which the rules do not allow", name, strings.TrimPrefix(imported, module))
			}
		}
	}
	for name := range may {
		if _, ok := all[module+name]; !ok && name != "e2e" && !strings.HasSuffix(name, "/*") { // e2e may be tests and scripts alone
			t.Errorf("the rules speak of package %s, which does not exist", name)
		}
	}
}

// TestArchitecture holds the table of packages in docs/architecture.md against the rules.
func TestArchitecture(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for line := range strings.Lines(string(text)) {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		for i, word := range strings.Split(first, "`") {
			if i%2 == 1 && strings.HasPrefix(line, "| `") {
				rows[word]++
			}
		}
	}
	for name := range parseRules(t) {
		if n := rows[name]; n != 1 && !strings.HasSuffix(name, "/*") {
			t.Errorf("docs/architecture.md has %d rows for package %s, want one", n, name)
		}
	}
}

func TestNotLinked(t *testing.T) {
	t.Parallel()
	all := load(t)
	for _, rule := range notLinked {
		for _, name := range rule.packages {
			if _, ok := all[module+name]; !ok {
				t.Errorf("package %s is not there", name)
			}
			for importPath, by := range linked(all, module+name) {
				for _, m := range rule.modules {
					if within(importPath, m) {
						t.Errorf("%s links %s, by %s", name, importPath, by)
					}
				}
			}
		}
	}
}

// linked returns all that a package needs, each with a package that imports it.
func linked(all map[string]pkg, root string) map[string]string {
	by := map[string]string{}
	for queue := []string{root}; len(queue) > 0; queue = queue[1:] {
		for _, imported := range all[queue[0]].imports {
			if _, seen := by[imported]; !seen {
				by[imported] = queue[0]
				queue = append(queue, imported)
			}
		}
	}
	return by
}

func TestPure(t *testing.T) {
	t.Parallel()
	all := load(t)
	for _, name := range pure {
		p, ok := all[module+name]
		if !ok {
			t.Errorf("package %s is not there", name)
		}
		for _, imported := range p.imports {
			if slices.Contains(allowedBelow, imported) {
				continue
			}
			for _, bad := range impure {
				if within(imported, bad) {
					t.Errorf("%s is pure and must not import %s", name, imported)
				}
			}
		}
		if slices.Contains(p.imports, "time") {
			for _, file := range p.files {
				clockUses(t, filepath.Join(p.dir, file))
			}
		}
	}
}

// clockUses reports uses of package time that are more than types and durations.
func clockUses(t *testing.T, file string) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, pos := range selections(f, "time", clock) {
		t.Errorf("%s: a pure package must not ask the clock", fset.Position(pos))
	}
}

// selections finds uses of certain names of a package.
func selections(f *ast.File, pkgPath string, names []string) []token.Pos {
	local := ""
	for _, spec := range f.Imports {
		if spec.Path.Value == fmt.Sprintf("%q", pkgPath) {
			local = path.Base(pkgPath)
			if spec.Name != nil {
				local = spec.Name.Name
			}
		}
	}
	var found []token.Pos
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && local != "" && x.Name == local && slices.Contains(names, sel.Sel.Name) {
				found = append(found, sel.Pos())
			}
		}
		return true
	})
	return found
}

// The test's own parts say no where they should.
func TestItself(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		may      string
		imported string
		want     bool
	}{
		{"ir", module + "ir", true},
		{"ir", module + "ir/diag", false},
		{"ir", module + "backends/argo", false},
		{"", module + "own/internal/x", true},
		{"gopkg.in/yaml.v3", "gopkg.in/yaml.v3", true},
		{"gopkg.in/yaml.v3", "gopkg.in/yaml.v30", false},
		{"k8s.io", "k8s.io/api/core/v1", true},
		{"k8s.io", "github.com/k8s.io", false},
		{"*", module + "ir", true},
		{"*", "github.com/spf13/cobra", false},
	} {
		if got := mayImport(strings.Fields(tt.may), "own", tt.imported); got != tt.want {
			t.Errorf("%q allows %s: %v", tt.may, tt.imported, got)
		}
	}
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x; import tm "time"; var a, b = tm.Now(), tm.Second`, 0)
	if err != nil || len(selections(f, "time", clock)) != 1 {
		t.Errorf("want one use of the clock, got %v, %v", selections(f, "time", clock), err)
	}
	if by := linked(map[string]pkg{"a": {imports: []string{"b"}}, "b": {imports: []string{"c"}}}, "a"); by["c"] != "b" {
		t.Errorf("got %v", by)
	}
}

// Temporary folders hold leases, so that the next run removes those of a process that was killed (package workfolder).
func TestTemporaryFoldersHaveLeases(t *testing.T) {
	t.Parallel()
	for name, p := range load(t) {
		if !strings.HasPrefix(name, module) || name == module+"cmd/runner-image" || strings.HasPrefix(name, module+"e2e/") {
			continue
		}
		for _, file := range p.files {
			text, err := os.ReadFile(filepath.Join(p.dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(text, []byte(`os.MkdirTemp("", `)) {
				t.Errorf("%s/%s makes a folder without a lease; use workfolder.NewTemp", name, file)
			}
		}
	}
}

// Comments cite sections of docs/semantics.md ("SEMANTICS 2.4"); a page that the repository does not hold helps nobody.
func TestCommentsCiteWhatIsHere(t *testing.T) {
	t.Parallel()
	absent := regexp.MustCompile(`\b(DESIGN|trials) [A-Z]?\d`)
	for name, p := range load(t) {
		if !strings.HasPrefix(name, module) {
			continue
		}
		for _, file := range p.files {
			text, err := os.ReadFile(filepath.Join(p.dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if at := absent.Find(text); at != nil {
				t.Errorf("%s/%s cites %q", name, file, at)
			}
		}
	}
}
