package diag

import (
	"io"
	"net/url"
	"strings"
)

// The parts of SARIF 2.1.0 that are used; the names are the standard's.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string     `json:"id"`
		Short *sarifText `json:"shortDescription,omitempty"`
		Full  *sarifText `json:"fullDescription,omitempty"`
		Help  *sarifText `json:"help,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifLocation struct {
		ID       *int           `json:"id,omitempty"`
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

// printSARIF writes a SARIF log with one run, whose rules are the codes that occur in it.
func printSARIF(w io.Writer, list List) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "runnable-render", InformationURI: "https://github.com/runnable-render/runnable-render", Rules: []sarifRule{}}
	index := map[string]int{}
	for _, d := range list {
		at, known := index[d.Code]
		if !known {
			at = len(run.Tool.Driver.Rules)
			index[d.Code] = at
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(d.Code))
		}
		run.Results = append(run.Results, resultOf(d, at))
	}
	return writeJSON(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

func ruleOf(code string) sarifRule {
	rule := sarifRule{ID: code}
	if c, ok := Lookup(code); ok {
		help := strings.TrimSpace(c.Explanation)
		if c.Good != "" {
			help += "\n\nFor example:\n\n" + strings.Trim(c.Good, "\n") + "\n"
		}
		rule.Short, rule.Full, rule.Help = &sarifText{c.Title}, &sarifText{strings.TrimSpace(c.Explanation)}, &sarifText{help}
	}
	return rule
}

func resultOf(d Diagnostic, rule int) sarifResult {
	r := sarifResult{RuleID: d.Code, RuleIndex: rule, Level: d.Severity.String(), Message: sarifText{d.Message}, Locations: []sarifLocation{}}
	if p := physical(d.Span); p != nil {
		r.Locations = append(r.Locations, sarifLocation{Physical: p})
	}
	for i, n := range d.Notes {
		r.Related = append(r.Related, sarifLocation{ID: &i, Physical: physical(n.Span), Message: &sarifText{n.Message}})
	}
	return r
}

func physical(s Span) *sarifPhysical {
	if s.File == "" {
		return nil
	}
	p := &sarifPhysical{Artifact: sarifArtifact{URI: (&url.URL{Path: s.File}).String()}}
	if s.Line > 0 {
		p.Region = &sarifRegion{StartLine: s.Line, StartColumn: s.Col, EndLine: s.EndLine, EndColumn: s.EndCol}
	}
	return p
}
