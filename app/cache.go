package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// cacheFlags say which steps are cached.
type cacheFlags struct{ all, none bool }

func (f *cacheFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.BoolVar(&f.all, "cache", false, "reuse the cached result of every task whose dependencies are unchanged (default: only tasks with cache: true)")
	fs.BoolVar(&f.none, "no-cache", false, "run every task, whatever the cache holds")
	cmd.MarkFlagsMutuallyExclusive("cache", "no-cache")
}

func (f cacheFlags) mode() step.CacheMode {
	switch {
	case f.all:
		return step.CacheAll
	case f.none:
		return step.CacheNone
	}
	return step.CacheDeclared
}

// counts reports whether any task of the pipeline is cached.
func (f cacheFlags) counts(p *ir.Pipeline) bool {
	for v := range ir.Walk(p) {
		if t, ok := v.Node.(*ir.Task); ok && !f.none && (t.Cache || f.all) {
			return true
		}
	}
	return false
}

// plan prints what a run would do, and what it would take from the cache. It writes nothing to the store.
func (a *command) plan(ctx context.Context, in *inputs, f *runFlags) error {
	o := local.PlanOptions{Initial: in.scope()}
	var decisions []cache.Decision
	if f.cache.counts(in.pipeline) {
		var err error
		if decisions, err = in.foresee(ctx, f); err != nil {
			return err
		}
		o.Decide = byStep(in.pipeline, decisions)
	}
	if _, err := (plain{a.stdout}).Write(local.Plan(in.pipeline, o)); err != nil {
		return err
	}
	if len(decisions) == 0 {
		return nil
	}
	fmt.Fprintln(a.stdout, "\ncache:")
	t := tabwriter.NewWriter(plain{a.stdout}, 0, 0, 2, ' ', 0)
	for _, d := range decisions {
		fmt.Fprintf(t, "  %s\t%s\t%s\n", d.Path, d.Word(), d.Why)
	}
	return t.Flush()
}

// foresee asks the cache about every step.
func (in *inputs) foresee(ctx context.Context, f *runFlags) ([]cache.Decision, error) {
	st, err := in.openStore(ctx)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	d := drive{store: st, pipeline: in.pipeline, inputs: in, flags: f}
	runtime := d.runtime()
	defer runtime.Close()
	steps := &local.Steps{Runtime: runtime, Store: st, Pipeline: in.pipeline, Dir: d.dir(), Target: local.Name}
	decisions, err := steps.Foresee(ctx, in.scope())
	return decisions, storeError(err)
}

// byStep sums up the decisions of each step of the definition, for the plan.
func byStep(p *ir.Pipeline, decisions []cache.Decision) func(string, ir.Node) string {
	type count struct{ cached, all int }
	counts := map[string]*count{}
	words := map[string]string{}
	for _, d := range decisions {
		path := engine.StaticPath(p, d.Path)
		if counts[path] == nil {
			counts[path] = &count{}
		}
		counts[path].all++
		if d.Cached {
			counts[path].cached++
		}
		words[path] = d.Word()
	}
	return func(path string, _ ir.Node) string {
		c := counts[path]
		if c == nil || c.all == 1 || c.cached == c.all || c.cached == 0 {
			return words[path]
		}
		return fmt.Sprintf("%d of %d cached", c.cached, c.all)
	}
}

func (a *command) cacheCommand() *cobra.Command {
	return group("cache", "Explain why a step would run; list and prune cached results", a.cacheWhyCommand(), a.cacheListCommand(), a.cachePruneCommand())
}

func (a *command) cacheWhyCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "why STEP [FILE]",
		Short: "Show whether and why a step would run, and the parts of its content key; write nothing",
		Args:  operands([]string{"STEP"}, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.why(cmd.Context(), args[0], args[1:], &f)
		},
	}
	f.inputs.register(cmd)
	f.registerOutput(cmd)
	return cmd
}

// why explains what the cache makes of a step, for each item or iteration that it runs in.
func (a *command) why(ctx context.Context, path string, file []string, f *runFlags) error {
	if err := oneOf("format", f.format, "text", "json"); err != nil {
		return err
	}
	name, err := a.definitionFile(file)
	if err != nil {
		return err
	}
	in, err := a.inputs(ctx, name, &f.inputs)
	if err != nil {
		return err
	}
	if err := knownLeaf(in.pipeline, path); err != nil {
		return err
	}
	decisions, err := in.foresee(ctx, f)
	if err != nil {
		return err
	}
	var chosen []cache.Decision
	for _, d := range decisions {
		if d.Path == path || engine.StaticPath(in.pipeline, d.Path) == path || engine.Within(d.Path, path) {
			chosen = append(chosen, d)
		}
	}
	if f.format == "json" {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		return e.Encode(chosen)
	}
	for i, d := range chosen {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		printDecision(plain{a.stdout}, d)
	}
	return nil
}

// knownLeaf refuses a path that no step of the pipeline has.
func knownLeaf(p *ir.Pipeline, path string) error {
	var known []string
	static := engine.StaticPath(p, path)
	for v := range ir.Walk(p) {
		if v.Path == static || v.Path == path {
			return nil
		}
		known = append(known, v.Path)
	}
	return fail(ExitInvalid, "there is no step %q%s", path, diag.DidYouMean(path, known))
}

func printDecision(w io.Writer, d cache.Decision) {
	fmt.Fprintf(w, "%s: %s\n", d.Path, d.Word())
	if len(d.Changes) == 0 {
		fmt.Fprintf(w, "  because %s\n", d.Why)
	}
	for _, c := range d.Changes {
		fmt.Fprintf(w, "  because %s\n", c)
	}
	if d.Since != "" {
		fmt.Fprintf(w, "  since run %s\n", d.Since)
	}
	if d.Key == "" {
		return
	}
	fmt.Fprintf(w, "\n  key %s, made of\n", d.Key)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range d.Parts {
		name, sum := p.Name, shortHash(p.Hash)
		if p.Shown != "" {
			name += " = " + p.Shown
		}
		if sum == "" {
			sum = "not visible"
		}
		fmt.Fprintf(t, "    %s\t%s\t%s\n", p.Kind, sum, name)
	}
	_ = t.Flush()
}

func shortHash(hash string) string { return hash[:min(len(hash), 12)] }

// cacheLine is an entry of the cache in a list.
type cacheLine struct {
	Key      string    `json:"key"`
	Pipeline string    `json:"pipeline"`
	Step     string    `json:"step"`
	Run      string    `json:"run"`
	Used     time.Time `json:"used"`
	Took     float64   `json:"took_seconds"` // what a hit saves
}

func (a *command) cacheListCommand() *cobra.Command {
	var f inputFlags
	var format string
	cmd := &cobra.Command{
		Use:   "ls",
		Short: "List the entries of the cache, the most recently used first",
		Args:  operands(nil, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			return a.withStore(cmd.Context(), &f, func(st *store.Store) error {
				entries, err := st.ListCache(cmd.Context())
				if err != nil {
					return err
				}
				return printCache(a.stdout, entries, format)
			})
		},
	}
	f.registerStore(cmd)
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	complete(cmd, "format", "table", "json")
	return cmd
}

func printCache(w io.Writer, entries []store.Cached, format string) error {
	lines := make([]cacheLine, len(entries))
	for i, c := range entries {
		lines[i] = cacheLine{c.Key, c.Pipeline, c.Record.Path, c.Run, c.Used, c.Record.Ended.Sub(c.Record.Started).Seconds()}
	}
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(lines)
	}
	if len(lines) == 0 {
		fmt.Fprintln(w, "the cache is empty")
		return nil
	}
	t := tabwriter.NewWriter(plain{w}, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KEY\tPIPELINE\tSTEP\tRUN\tUSED\tSAVES")
	for _, l := range lines {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", shortHash(l.Key), l.Pipeline, l.Step, l.Run,
			l.Used.Local().Format("2006-01-02 15:04:05"), time.Duration(l.Took*float64(time.Second)).Round(time.Millisecond))
	}
	return t.Flush()
}

func (a *command) cachePruneCommand() *cobra.Command {
	var f inputFlags
	var keep int
	var older string
	cmd := &cobra.Command{
		Use:   "prune [--keep N] [--older-than AGE]",
		Short: "Remove entries of the cache; `store gc` then removes the unused blobs",
		Args:  operands(nil, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if keep < 0 && older == "" {
				return fmt.Errorf("say which results to forget: --keep N (all but N of each step), --older-than AGE (not used since then)")
			}
			var age time.Duration
			if older != "" {
				var err error
				if age, err = parseAge(older); err != nil {
					return err
				}
			}
			return a.withStore(cmd.Context(), &f, func(st *store.Store) error {
				return a.prune(cmd.Context(), st, keep, age)
			})
		},
	}
	f.registerStore(cmd)
	cmd.Flags().IntVar(&keep, "keep", -1, "number of entries to keep for each step: the most recently used")
	cmd.Flags().StringVar(&older, "older-than", "", "remove entries not used for this time, such as 36h or 30d")
	return cmd
}

func (a *command) prune(ctx context.Context, st *store.Store, keep int, age time.Duration) error {
	entries, err := st.ListCache(ctx)
	if err != nil {
		return err
	}
	forgotten := 0
	seen := map[string]int{}
	for _, c := range entries {
		id := c.Pipeline + "\x00" + c.Record.Path
		seen[id]++
		if (keep < 0 || seen[id] <= keep) && (age == 0 || time.Since(c.Used) <= age) {
			continue
		}
		if err := st.RemoveCache(ctx, c.Key); err != nil {
			return err
		}
		forgotten++
	}
	noun := "entries"
	if forgotten == 1 {
		noun = "entry"
	}
	fmt.Fprintf(a.stdout, "forgot %d %s, kept %d\n", forgotten, noun, len(entries)-forgotten)
	return nil
}

// parseAge reads a length of time: as Go writes it, or whole days as 30d.
func parseAge(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 100000 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a length of time; write 36h or 30d", text)
	}
	return d, nil
}
