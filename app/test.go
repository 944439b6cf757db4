package app

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/pipetest"
	"github.com/runnable-render/runnable-render/internal/textfile"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// testFlags are the flags of test.
type testFlags struct {
	inputs    inputFlags
	format    string
	failUnder float64
}

func (a *command) testCommand() *cobra.Command {
	f := testFlags{inputs: inputFlags{closed: true}}
	cmd := &cobra.Command{
		Use:   "test [FILE...]",
		Short: "Run the tests of pipelines over mocked steps, and tell what they cover",
		Long: `Run the cases of test files, NAME.test.yaml beside a definition in any language. A case says what the steps return or how
they fail, and what the pipeline must come to. The engine walks it in this process, in virtual time; no step is started.

A FILE is a test file, a definition (its tests are beside it) or a folder. Without FILE, all tests here and below run.

  # train.test.yaml
  cases:
    a failed training is handled:
      mocks:
        load: {returns: {rows: 3}}
        train: {fails: oom}
        rescue: {}
      expect:
        path: [load, train, rescue]
        handled: [train]

The exit code is 0, 1 if a case fails, or 6 if less is covered than --fail-under says.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.valid(); err != nil {
				return err
			}
			return a.test(cmd.Context(), args, &f)
		},
	}
	f.inputs.registerPython(cmd)
	fs := cmd.Flags()
	fs.StringVar(&f.format, "format", "text", "text or json")
	fs.Float64Var(&f.failUnder, "fail-under", 0, "exit with 6 if less than this percentage of the definitions is covered")
	complete(cmd, "format", testFormats()...)
	return cmd
}

func testFormats() []string { return []string{"text", "json"} }

func (f *testFlags) valid() error {
	if !(f.failUnder >= 0 && f.failUnder <= 100) {
		return fmt.Errorf("--fail-under %v: want a percentage from 0 to 100", f.failUnder)
	}
	return oneOf("format", f.format, testFormats()...)
}

// test checks all files before it runs the first case.
func (a *command) test(ctx context.Context, args []string, f *testFlags) error {
	t := &tests{command: a, flags: f, definitions: map[string]*tested{}, texts: map[string][]byte{}}
	files, err := t.find(args)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := t.read(ctx, file); err != nil {
			return err
		}
	}
	if t.diags.HasErrors() {
		return a.report(t.diags, t.texts, ExitInvalid)
	}
	r, err := t.run(ctx)
	if err != nil {
		return err
	}
	return a.printTests(r, f)
}

func (a *command) printTests(r *pipetest.Report, f *testFlags) error {
	if f.format == "json" {
		if err := indented(a.stdout, r); err != nil {
			return fail(ExitEnvironment, "%w", err)
		}
	} else {
		pipetest.PrintText(plain{a.stdout}, r)
	}
	switch {
	case r.Failed > 0:
		return told(ExitFailed)
	case r.Coverage.Percent < f.failUnder:
		fmt.Fprintf(a.stderr, "coverage is %s, less than --fail-under %v\n", pipetest.PercentText(r.Coverage.Percent), f.failUnder)
		return told(ExitFound)
	}
	return nil
}

// tests are the test files of one use of the command.
type tests struct {
	*command
	flags       *testFlags
	files       []*testFile
	definitions map[string]*tested // by file
	order       []string           // of definitions
	texts       map[string][]byte
	diags       diag.List
}

// testFile is a test file with its definition.
type testFile struct {
	*pipetest.File
	of *tested
}

// tested is a definition with what its tests have reached of it.
type tested struct {
	*inputs
	coverage *pipetest.Coverage
}

// find lists the test files that the operands name.
func (t *tests) find(args []string) ([]string, error) {
	if len(args) == 0 {
		found, err := testsBelow(".")
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("no FILE given, and no NAME%s is here or below; it stands beside the definition NAME.yaml", pipetest.Ending)
		}
		return found, err
	}
	var files []string
	for _, arg := range args {
		st, err := os.Stat(arg)
		switch {
		case err == nil && st.IsDir():
			found, err := testsBelow(arg)
			if err != nil {
				return nil, err
			}
			if len(found) == 0 {
				return nil, fail(ExitInvalid, "%s holds no NAME%s", arg, pipetest.Ending)
			}
			files = append(files, found...)
		case strings.HasSuffix(arg, pipetest.Ending):
			files = append(files, arg)
		case err == nil:
			beside := strings.TrimSuffix(arg, filepath.Ext(arg)) + pipetest.Ending
			if !exists(beside) {
				return nil, fail(ExitInvalid, "%s has no tests: there is no %s", arg, beside)
			}
			files = append(files, beside)
		default:
			return nil, fileError("read the tests", err)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// testsBelow lists the test files in a folder and below it, but for the folders of tools.
func testsBelow(dir string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch name := d.Name(); {
		case d.IsDir() && path != dir && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "__pycache__" || exists(filepath.Join(path, "pyvenv.cfg"))):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(name, pipetest.Ending):
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		return nil, fileError("look for tests", err)
	}
	return found, nil
}

// read reads a test file with its definition, and holds one against the other.
func (t *tests) read(ctx context.Context, file string) error {
	text, err := textfile.Read(ctx, file)
	if err != nil {
		return fileError("read the tests", err)
	}
	name := filepath.ToSlash(file)
	t.texts[name] = text
	f, list := pipetest.Parse(name, text)
	if t.diags = append(t.diags, list...); f == nil {
		return nil
	}
	definition, problem := definitionOf(f, t.Frontends)
	if problem != nil {
		t.diags.Add(*problem)
		return nil
	}
	of, err := t.definition(ctx, definition)
	if err != nil || of == nil {
		return err
	}
	if !list.HasErrors() {
		t.diags = append(t.diags, f.Check(of.pipeline)...)
	}
	t.files = append(t.files, &testFile{f, of})
	return nil
}

// definitionOf is the definition that a test file is for.
func definitionOf(f *pipetest.File, more []frontends.Frontend) (string, *diag.Diagnostic) {
	dir, base := filepath.Split(filepath.FromSlash(f.Name))
	if f.Pipeline.Name != "" {
		file := filepath.Join(dir, filepath.FromSlash(f.Pipeline.Name))
		if filepath.IsAbs(f.Pipeline.Name) {
			file = f.Pipeline.Name
		}
		if exists(file) {
			return file, nil
		}
		d := diag.Errorf(codeNoDefinition, f.Pipeline.Span, "there is no file %s%s", filepath.ToSlash(file), otherFile(file, more))
		return "", &d
	}
	var found, tried []string
	for _, frontend := range append(slices.Clone(more), frontends.All()...) {
		for _, ext := range frontend.Extensions {
			file := filepath.Join(dir, strings.TrimSuffix(base, pipetest.Ending)+ext)
			if slices.Contains(tried, file) {
				continue
			}
			if tried = append(tried, file); exists(file) {
				found = append(found, file)
			}
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	at := diag.Span{File: f.Name, Line: 1, Col: 1}
	d := diag.Errorf(codeNoDefinition, at, "none of %s is there; name the definition: `pipeline: FILE`", filepath.ToSlash(strings.Join(tried, ", ")))
	if len(found) > 1 {
		d = diag.Errorf(codeNoDefinition, at, "%s are there; say which definition is meant: `pipeline: FILE`", filepath.ToSlash(strings.Join(found, " and ")))
	}
	return "", &d
}

// codeNoDefinition is of a test file whose definition is not there.
const codeNoDefinition = "RR0809"

// definition reads a definition once; nil: it has errors. Warnings are for check to tell.
func (t *tests) definition(ctx context.Context, file string) (*tested, error) {
	if of, known := t.definitions[file]; known {
		return of, nil
	}
	in, list, err := t.gather(ctx, file, &t.flags.inputs, false)
	if err != nil {
		return nil, err
	}
	maps.Copy(t.texts, in.texts())
	t.definitions[file] = nil
	if list.HasErrors() {
		t.diags = append(t.diags, list...)
		return nil, nil
	}
	of := &tested{in, pipetest.NewCoverage(in.pipeline)}
	t.definitions[file] = of
	t.order = append(t.order, file)
	return of, nil
}

// run runs all cases.
func (t *tests) run(ctx context.Context) (*pipetest.Report, error) {
	r := &pipetest.Report{Version: pipetest.Version, Files: []pipetest.TestFile{}}
	for _, f := range t.files {
		r.Files = append(r.Files, pipetest.TestFile{File: f.Name, Pipeline: f.of.file})
		for i := range f.Cases {
			res := f.run(ctx, &f.Cases[i])
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			r.Add(res)
		}
	}
	for _, file := range t.order {
		r.Cover(filepath.ToSlash(file), t.definitions[file].coverage)
	}
	return r, nil
}

// run runs one case, from the parameters that the definition itself and the test file bring.
func (f *testFile) run(ctx context.Context, c *pipetest.Case) *pipetest.Result {
	in := f.of.inputs
	initial, list := f.Initial(c, params.Sources{
		File: in.paramsFile, FileBytes: in.paramsText, Declared: in.declared(),
		Files: params.NewFiles(ctx, in.beside), Dir: filepath.Dir(filepath.FromSlash(f.Name)),
	})
	if list.HasErrors() {
		return pipetest.Problem(c, list)
	}
	r := f.Run(ctx, in.pipeline, c, initial)
	f.of.coverage.Add(r)
	return r
}
