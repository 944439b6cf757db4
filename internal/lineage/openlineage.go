package lineage

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
)

// The names that events carry (https://openlineage.io/spec/2-0-2/OpenLineage.json).
const (
	producer      = "https://github.com/runnable-render/runnable-render"
	eventSchema   = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
	facetSchemas  = "https://openlineage.io/spec/facets/"
	jobsNamespace = "runnable-render"
)

// Event is a run event of OpenLineage.
type Event struct {
	Type     string    `json:"eventType"`
	Time     time.Time `json:"eventTime"`
	Run      eventRun  `json:"run"`
	Job      eventJob  `json:"job"`
	Inputs   []dataset `json:"inputs"`
	Outputs  []dataset `json:"outputs"`
	Producer string    `json:"producer"`
	Schema   string    `json:"schemaURL"`
}

type eventRun struct {
	ID     string           `json:"runId"` // a UUID that the run's id makes, always the same
	Facets map[string]facet `json:"facets,omitempty"`
}

type eventJob struct {
	Namespace string           `json:"namespace"`
	Name      string           `json:"name"`
	Facets    map[string]facet `json:"facets,omitempty"`
}

type dataset struct {
	Namespace string           `json:"namespace"`
	Name      string           `json:"name"`
	Facets    map[string]facet `json:"facets,omitempty"`
}

// facet is an object of one of OpenLineage's facet schemas.
type facet map[string]any

func newFacet(schema string, with facet) facet {
	with["_producer"] = producer
	with["_schemaURL"] = facetSchemas + schema
	return with
}

// OpenLineage tells a run as events: of the run itself and, as its children, of every attempt of a step, with the
// files that it got and put. The events are in the order of time; a run that goes on has no last one.
func OpenLineage(d *runs.Details, storeURL string) []Event {
	e := &exporter{d: d, files: namespaceOf(storeURL)}
	h, sum := d.Header, d.Summary
	run := eventRun{ID: e.id("")}
	job := eventJob{Namespace: jobsNamespace, Name: h.Pipeline, Facets: e.jobFacets("JOB", d.Code())}
	start := run
	if len(h.Tags) > 0 {
		start.Facets = map[string]facet{"tags": tagsFacet(h.Tags)}
	}
	e.add("START", sum.Started, start, job, nil, nil)
	for _, s := range d.Timeline(sum.Ended).Spans {
		e.attempt(s)
	}
	if kind := ended(sum.Status); kind != "" {
		run.Facets = errorFacet(sum.Failure)
		last := sum.Ended
		for _, ev := range e.events {
			if ev.Time.After(last) {
				last = ev.Time
			}
		}
		e.add(kind, last, run, job, nil, nil)
	}
	slices.SortStableFunc(e.events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	return e.events
}

// exporter makes the events of one run.
type exporter struct {
	d      *runs.Details
	files  string // namespace of the files
	events []Event
}

func (e *exporter) add(kind string, at time.Time, run eventRun, job eventJob, in, out []dataset) {
	e.events = append(e.events, Event{
		Type: kind, Time: at.UTC(), Run: run, Job: job, Inputs: orNone(in), Outputs: orNone(out), Producer: producer, Schema: eventSchema,
	})
}

// attempt adds the events of one attempt.
func (e *exporter) attempt(s runs.Span) {
	rec := e.record(s)
	code := map[string][]string{}
	for name, v := range rec.Code {
		code[name] = []string{v}
	}
	job := eventJob{
		Namespace: jobsNamespace, Name: e.d.Header.Pipeline + "." + engine.StaticPath(e.d.Pipeline, s.Path), Facets: e.jobFacets("TASK", code),
	}
	parent := newFacet("1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet", facet{
		"run": map[string]string{"runId": e.id("")},
		"job": map[string]string{"namespace": jobsNamespace, "name": e.d.Header.Pipeline},
	})
	run := eventRun{ID: e.id(s.ID()), Facets: map[string]facet{"parent": parent}}
	e.add("START", s.Started, run, job, nil, nil)
	kind := ended(s.Status)
	if kind == "" {
		return
	}
	run.Facets = map[string]facet{"parent": parent}
	for name, f := range errorFacet(rec.Failure) {
		run.Facets[name] = f
	}
	var in, out []dataset
	for _, f := range rec.Files {
		ds := dataset{Namespace: e.files, Name: f.Path, Facets: map[string]facet{
			"version": newFacet("1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet", facet{"datasetVersion": f.Hash}),
		}}
		if f.Stage == engine.StageGet {
			in = append(in, ds)
		} else {
			out = append(out, ds)
		}
	}
	e.add(kind, s.Ended, run, job, in, out)
}

// record is the record of an attempt; an empty one where it left none.
func (e *exporter) record(s runs.Span) engine.Record {
	i, ok := slices.BinarySearchFunc(e.d.Records, s, func(r engine.Record, s runs.Span) int {
		return cmp.Or(cmp.Compare(r.Path, s.Path), cmp.Compare(r.Attempt, s.Attempt))
	})
	if !ok {
		return engine.Record{}
	}
	return e.d.Records[i]
}

// id is the UUID of the run, or of an attempt in it. Runs of one name in two stores are two.
func (e *exporter) id(attempt string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(e.files+"/runs/"+e.d.Header.Run+"/"+attempt)).String()
}

// jobFacets say what kind of job it is and where its code is from.
func (e *exporter) jobFacets(kind string, code map[string][]string) map[string]facet {
	out := map[string]facet{"jobType": newFacet("2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet", facet{
		"processingType": "BATCH", "integration": "RUNNABLE_RENDER", "jobType": kind,
	})}
	one := func(name string) string {
		if len(code[name]) != 1 {
			return ""
		}
		return code[name][0]
	}
	if u, err := url.Parse(one("git_remote")); err == nil && u.IsAbs() {
		out["sourceCodeLocation"] = newFacet("1-1-0/SourceCodeLocationJobFacet.json#/$defs/SourceCodeLocationJobFacet", facet{
			"type": "git", "url": u.String(), "repoUrl": u.String(), "version": one("git"),
		})
	}
	return out
}

func tagsFacet(tags []string) facet {
	list := []map[string]string{}
	for _, tag := range tags {
		list = append(list, map[string]string{"key": tag, "value": "true", "source": "USER"})
	}
	return newFacet("1-0-0/TagsRunFacet.json#/$defs/TagsRunFacet", facet{"tags": list})
}

func errorFacet(f *engine.Failure) map[string]facet {
	if f == nil {
		return nil
	}
	return map[string]facet{"errorMessage": newFacet("1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet", facet{
		"message": f.Step + " (" + string(f.Kind) + "): " + f.Message, "programmingLanguage": "unknown",
	})}
}

// ended is the type of the event with which something ends that came to the status; empty: it goes on.
func ended(s engine.Status) string {
	switch s {
	case engine.Success, engine.Cached:
		return "COMPLETE"
	case engine.Failed:
		return "FAIL"
	case engine.Interrupted:
		return "ABORT"
	case engine.Running:
	}
	return ""
}

// namespaceOf is the URL of a store.
func namespaceOf(store string) string {
	if u, err := url.Parse(store); err == nil && u.Scheme != "" {
		return store
	}
	return (&url.URL{Scheme: "file", Path: store}).String()
}

func orNone(list []dataset) []dataset {
	if list == nil {
		return []dataset{}
	}
	return list
}
