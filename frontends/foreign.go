package frontends

import (
	"bytes"
	"context"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// codeForeign is that of a definition that another tool reads.
const codeForeign = "RR0020"

// tool is a kind of file that another workflow tool reads.
type tool struct {
	is    string   // what the file is
	do    string   // what to do with it
	kind  fileKind // of the files to look at
	marks []string // regular expressions that all match at the beginning of a line; the message points at the first
}

// fileKind is what a file holds, by its name.
type fileKind int

const (
	yamlFile fileKind = iota
	pythonFile
	otherFile // no frontend reads it
	anyFile
)

func kindOfFile(file string) fileKind {
	switch strings.ToLower(path.Ext(file)) {
	case ".yaml", ".yml", ".json":
		return yamlFile
	case ".py":
		return pythonFile
	}
	return otherFile
}

const (
	asSteps    = "write a definition whose steps call its functions, as `command: module.function`"
	asCommands = "write a definition whose steps run its commands, with `command_type: shell`"
)

// tools are the tools whose definitions can be recognised. A tool comes after those that are built on it.
func tools() []tool {
	decorator := func(names string) string { return `[ \t]*@(?:\w+\.)*(?:` + names + `)\b` }
	either := func(a, b string) string { return `(?:` + a + `|` + b + `)` }
	call := func(names string) string { return `[^#\n]*\b(?:` + names + `)\(` }
	return []tool{
		{"a Kubeflow pipeline", asSteps + "; dsl.If is a conditional, dsl.ParallelFor a map", pythonFile,
			[]string{imports("kfp"), either(decorator("pipeline|component|container_component"), call(`Compiler|ContainerOp|\w*_to_container_op|create_component_from_func|load_component_from_\w+`))}},
		{"an Airflow DAG", asSteps + ", and bash_command with `command_type: shell`; >> and << are `next` or `needs`", pythonFile,
			[]string{imports("airflow"), either(decorator("dag|task"), call(`DAG|\w+Operator|\w+Sensor`))}},
		{"a Prefect flow", asSteps + "; .map is a map", pythonFile,
			[]string{imports("prefect"), either(decorator("flow|task"), call("Flow"))}},
		{"a Kedro pipeline", asSteps + "; inputs and outputs of a node are `inputs` and `returns`, data sets files of the `catalog`", pythonFile,
			[]string{imports("kedro"), call(`Pipeline|pipeline|node|Node|register_pipelines|find_pipelines|create_pipeline|KedroSession\.create`)}},
		{"a Hera workflow for Argo", "`argo submit` accepts its output; to render one here, " + asSteps, pythonFile,
			[]string{imports("hera"), call("Workflow|CronWorkflow|WorkflowTemplate|ClusterWorkflowTemplate")}},
		{"a Dagster job", asSteps, pythonFile, []string{imports("dagster"), decorator("job|asset|multi_asset|graph|op")}},
		{"a Flyte workflow", asSteps, pythonFile, []string{imports("flytekit"), decorator("workflow|task|dynamic")}},
		{"a ZenML pipeline", asSteps, pythonFile, []string{imports("zenml"), decorator("pipeline|step")}},
		{"a Luigi task", asSteps, pythonFile, []string{imports("luigi"), `class[ \t]+\w+\(.*\b(?:Task|WrapperTask|ExternalTask)\)`}},

		{"a compiled Kubeflow pipeline", "start from the Python source: " + asSteps, yamlFile, []string{key("deploymentSpec"), key("(?:pipelineInfo|root|schemaVersion)")}},
		{"a Kubeflow component", asCommands + " in its `image`", yamlFile, []string{key("implementation"), `[ \t]+"?container"?:`}},
		{"a compiled Kubeflow pipeline", "start from the Python source: " + asSteps, yamlFile, []string{key("apiVersion"), `[ \t]+"?pipelines\.kubeflow\.org/`}},
		{"an Argo workflow that runnable-render rendered", "change its definition, which the first lines of the file name, and render it again", yamlFile,
			[]string{`# Rendered by runnable-render`, key("apiVersion")}},
		{"an Argo workflow", "`argo submit` accepts it; to render one here, " + asCommands + " and `image`", yamlFile,
			[]string{key("apiVersion") + `[ \t]*["']?argoproj\.io/`, key("kind")}},
		{"a Tekton pipeline", asCommands + " and `image`", yamlFile, []string{key("apiVersion") + `[ \t]*["']?tekton\.dev/`}},
		{"a Kubernetes manifest", "`kubectl apply` accepts it; a definition begins with `dag:`", yamlFile, []string{key("apiVersion"), key("kind")}},
		{"a dvc pipeline", asCommands + "; deps and outs are `get` and `put` of a `catalog`", yamlFile,
			[]string{`(?:stages|"stages")[ \t]*:[ \t]*(?:#.*)?\r?$`, `[ \t]+(?:cmd|deps|outs|foreach|matrix):`}},
		{"a dvc lock file", "it follows from dvc.yaml: " + asCommands, yamlFile, []string{`stages:`, `schema:`, `[ \t]+cmd:`}},
		{"a GitHub Actions workflow", asCommands + "; `needs` stays `needs`", yamlFile, []string{key("jobs"), key("(?:on|true)")}},
		{"a GitHub action", asCommands, yamlFile, []string{key("runs"), `[ \t]+using:`}},
		{"a GitLab CI pipeline", asCommands + "; `needs` stays `needs`", yamlFile, []string{`(?:\w[\w .:-]*):[ \t]*\r?$`, `[ \t]+script:`, `[ \t]+stage:`}},
		{"a compose file that runnable-render rendered", "change its definition, which the first lines of the file name, and render it again", yamlFile,
			[]string{`# (?:Rendered by runnable-render|A plan of .* for docker-compose)`, key("services")}},
		{"a compose file", "`docker compose up` runs it; to render one here, " + asCommands + " and `image`; depends_on is `needs`", yamlFile,
			[]string{key("services"), `[ \t]+(?:"?image"?|"?build"?|"?extends"?|<<)[ \t]*:`}},
		{"a Prefect deployment", "start from the flow that its entrypoint names: " + asSteps, yamlFile, []string{key("deployments"), `[ \t-]+(?:entrypoint|work_pool):`}},
		{"an Airflow DAG", asCommands, yamlFile, []string{`[ \t]+operator:[ \t]*["']?airflow\.`}},
		{"a Kedro data catalog", "write a definition and name the files of each step under `catalog: {get: …, put: …}`", yamlFile, []string{`[ \t]+type:[ \t]*["']?[\w.]+(?:Dataset|DataSet)\b`}},
		{"a CWL workflow", asCommands, yamlFile, []string{key("cwlVersion")}},
		{"a Step Functions state machine", asCommands, yamlFile, []string{key("StartAt"), key("States")}},

		{"a Nextflow workflow", asCommands, otherFile, []string{`(?:process|workflow)\b.*\{`}},
		{"a WDL workflow", asCommands, otherFile, []string{`version[ \t]+\S+[ \t]*$`, `(?:workflow|task)[ \t]+\w+[ \t]*\{`}},
		{"a CWL workflow", asCommands, otherFile, []string{key("cwlVersion")}},
	}
}

// key matches a key of a whole file, in YAML or in JSON.
func key(name string) string {
	return `(?:["']?|\{[ \t]*["']?|(?:  |    |\t)")` + name + `["']?[ \t]*:`
}

// imports matches a line that imports a Python module.
func imports(module string) string {
	return `[ \t]*(?:from[ \t]+` + module + `(?:\.[\w.]+)?[ \t]+import\b|import[ \t]+(?:[\w. ,]*,[ \t]*)?` + module + `\b)`
}

// snakemake is a workflow of Snakemake, whose rules stand in a file of any name.
func snakemake() tool {
	return tool{kind: anyFile, is: "a Snakemake workflow", do: asCommands + "; input and output are `get` and `put` of a `catalog`", marks: []string{
		`(?:rule|checkpoint)(?:[ \t]+\w+)?[ \t]*:`, `[ \t]+(?:input|output|shell|run|script|notebook|wrapper)[ \t]*:`,
	}}
}

// foreign reads the definitions of other tools: it says what they are and what to do with them.
func foreign() Frontend {
	return Frontend{
		Name: "another tool", Extensions: []string{".yaml", ".yml", ".json", ".py"},
		Match: func(file string, text []byte) bool { return foreignTool(file, text) != nil },
		Read: func(_ context.Context, file string, src []byte, _ Options) Result {
			return Result{Diags: diag.List{*foreignTool(file, src)}}
		},
	}
}

// foreignTool returns a diagnostic for another tool's definition, nil for any other file. What is ours comes first: a YAML
// definition has the key dag, a Python definition imports runnable, a recorded workflow has the key workflow.
func foreignTool(file string, text []byte) *diag.Diagnostic {
	kind := kindOfFile(file)
	if kind != otherFile && ours(file).Match(text) {
		return nil
	}
	shown := text
	if kind == pythonFile { // an example in a docstring is not code
		shown = regexp.MustCompile(`(?s)""".*?"""|'''.*?'''`).ReplaceAllFunc(text, blank)
	}
	for _, t := range append(tools(), snakemake()) {
		if t.kind == kind || t.kind == anyFile {
			if at := t.in(shown); at != nil {
				d := diag.Errorf(codeForeign, span(file, text, at), "this is %s, not a definition of runnable-render; %s (see docs/define.md)", t.is, t.do)
				return &d
			}
		}
	}
	return nil
}

// in returns where the first mark stands in a text, nil where one of the marks is missing.
func (t tool) in(text []byte) []int {
	var first []int
	for i, mark := range t.marks {
		at := regexp.MustCompile(`(?m)^(?:` + mark + `)`).FindIndex(text)
		if at == nil {
			return nil
		}
		if i == 0 {
			first = at
		}
	}
	return first
}

// ours matches what every definition of runnable-render has.
func ours(file string) *regexp.Regexp {
	switch strings.ToLower(path.Ext(file)) {
	case ".py":
		return regexp.MustCompile(`(?m)^` + imports("runnable"))
	case ".json":
		return regexp.MustCompile(`"workflow"`)
	}
	return regexp.MustCompile(`(?m)^` + key("dag"))
}

// blank replaces all but line ends by spaces, so that places stay.
func blank(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, text)
}

// span is the place of a part of a text that lies on one line.
func span(file string, text []byte, at []int) diag.Span {
	start := at[0]
	for start < at[1] && strings.IndexByte(" \t", text[start]) >= 0 {
		start++
	}
	before := text[:start]
	line := 1 + bytes.Count(before, []byte("\n"))
	col := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return diag.Span{File: file, Line: line, Col: col, EndLine: line, EndCol: col + utf8.RuneCount(text[start:at[1]])}
}
