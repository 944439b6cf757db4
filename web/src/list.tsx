// The runs of a store: filters, order, and what to compare.
import { useMemo, useRef, useState } from "preact/hooks";
import { Pill, Section, When, number, plural, took, useNow, useWindow, words } from "./common";
import { Plot } from "./plot";
import { time, type State } from "./run";
import type { Entry } from "./model";

type Key = "started" | "pipeline" | "status" | "took" | "target";
const height = 40;

export function List({ entries, live }: { entries: Entry[]; live: boolean }) {
  const [find, setFind] = useState(""), [pipeline, setPipeline] = useState(""), [status, setStatus] = useState("");
  const [by, setBy] = useState<{ key: Key; down: boolean }>({ key: "started", down: true });
  const [chosen, setChosen] = useState<string[]>([]);
  const box = useRef<HTMLDivElement>(null);
  const now = useNow(entries.some((e) => e.status === "RUNNING"));
  const pipelines = useMemo(() => [...new Set(entries.map((e) => e.pipeline))].sort(), [entries]);
  const states = useMemo(() => [...new Set(entries.map((e) => e.status))].sort(), [entries]);
  const length = (e: Entry) => (e.status === "RUNNING" ? now : time(e.ended)) - time(e.started);
  const shown = useMemo(() => {
    const words = find.toLowerCase().split(/\s+/).filter(Boolean);
    const out = entries.filter((e) => (!pipeline || e.pipeline === pipeline) && (!status || e.status === status) && words.every((w) => [e.run_id, e.pipeline, e.target, e.status, e.failed_step ?? "", ...(e.tags ?? [])].join(" ").toLowerCase().includes(w)));
    const value = (e: Entry) => (by.key === "started" ? time(e.started) : by.key === "took" ? length(e) || 0 : e[by.key]);
    return out.sort((a, b) => { const x = value(a), y = value(b); return (x < y ? -1 : x > y ? 1 : 0) * (by.down ? -1 : 1); });
  }, [entries, find, pipeline, status, by, by.key === "took" ? now : 0]);
  const { from, to } = useWindow(box, shown.length, height);
  const head = (key: Key, text: string) => (
    <div role="columnheader" aria-sort={by.key === key ? (by.down ? "descending" : "ascending") : "none"} class={`c-${key}`}>
      <button onClick={() => setBy({ key, down: by.key === key ? !by.down : key === "started" || key === "took" })}>{text}{by.key === key ? (by.down ? " ↓" : " ↑") : ""}</button>
    </div>
  );
  const choose = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id]);

  return (
    <div class="list">
      <h1>Runs</h1>
      <form class="filters" role="search" onSubmit={(e) => e.preventDefault()}>
        <label class="find"><span class="hidden">Find runs</span><input type="search" placeholder="Find by run, tag, step…" value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>
        <label><span class="hidden">Pipeline</span><select value={pipeline} onChange={(e) => setPipeline(e.currentTarget.value)}><option value="">all pipelines</option>{pipelines.map((p) => <option key={p} value={p}>{p}</option>)}</select></label>
        <label><span class="hidden">Status</span><select value={status} onChange={(e) => setStatus(e.currentTarget.value)}><option value="">any status</option>{states.map((s) => <option key={s} value={s}>{words[s as State]}</option>)}</select></label>
        <span class="found" role="status">{shown.length === entries.length ? plural(entries.length, "run") : `${shown.length} of ${entries.length} runs`}</span>
        <a class={`button${chosen.length < 2 ? " off" : ""}`} aria-disabled={chosen.length < 2} href={chosen.length < 2 ? undefined : `#/compare/${chosen.map(encodeURIComponent).join("/")}`}>Compare{chosen.length > 0 ? ` ${chosen.length}` : ""}</a>
      </form>
      {entries.length === 0 ? <p class="empty">{live ? "No runs yet. This page shows them as they come." : "The report holds no run."}</p> : (
        <div class="runs" role="table" aria-label="Runs" aria-rowcount={shown.length + 1} style={{ minHeight: `${Math.min(360, shown.length * height + 40)}px` }}>
          <div role="rowgroup"><div class="row head" role="row" aria-rowindex={1}>
            <div role="columnheader" class="c-choose"><span class="hidden">Compare</span></div>{head("status", "Status")}{head("pipeline", "Pipeline")}<div role="columnheader" class="c-run">Run</div>{head("started", "Started")}{head("took", "Took")}{head("target", "Target")}<div role="columnheader" class="c-notes">Tags and metrics</div>
          </div></div>
          <div class="rows" ref={box} role="rowgroup" tabIndex={0} aria-label="Runs" style={{ height: `${shown.length * height}px` }}>
            <div role="presentation" style={{ height: `${shown.length * height}px` }}>
              {shown.slice(from, to).map((e, i) => (
                <div class="row" role="row" key={e.run_id} aria-rowindex={from + i + 2} style={{ top: `${(from + i) * height}px`, height: `${height}px` }}>
                  <div role="cell" class="c-choose"><input type="checkbox" aria-label={`Compare ${e.run_id}`} checked={chosen.includes(e.run_id)} onChange={() => choose(e.run_id)} /></div>
                  <div role="cell" class="c-status"><Pill state={e.status} /></div>
                  <div role="cell" class="c-pipeline">{e.pipeline}</div>
                  <div role="cell" class="c-run"><a href={`#/run/${encodeURIComponent(e.run_id)}/steps`}>{e.run_id}</a></div>
                  <div role="cell" class="c-started"><When at={time(e.started)} /></div>
                  <div role="cell" class="c-took">{took(length(e))}</div>
                  <div role="cell" class="c-target">{e.target}</div>
                  <div role="cell" class="c-notes">{(e.tags ?? []).map((t) => <span class="tag" key={t}>{t}</span>)}{e.failed_step && <span class="failed">{e.failed_step}</span>}{(e.metrics ?? []).map((m) => <span key={m.name} class="metric">{m.name} <b>{number(m.value)}</b></span>)}</div>
                </div>
              ))}
            </div>
          </div>
        </div>
      )}
      {pipelines.length > 0 && <History entries={shown.filter((e) => e.pipeline === (pipeline || shown[0]?.pipeline))} />}
    </div>
  );
}

/** History is how long the runs of a pipeline took and how its metrics went. */
function History({ entries }: { entries: Entry[] }) {
  const old = [...entries].sort((a, b) => time(a.started) - time(b.started)).slice(-200);
  const names = [...new Set(old.flatMap((e) => (e.metrics ?? []).map((m) => m.name)))].sort();
  const plots = [
    ...names.map((name) => ({ name, dots: old.flatMap((e) => (e.metrics ?? []).filter((m) => m.name === name).map((m) => ({ e, y: m.value }))) })),
    { name: "seconds", dots: old.flatMap((e) => (e.ended ? [{ e, y: (time(e.ended) - time(e.started)) / 1000 }] : [])) },
  ].filter((p) => p.dots.length > 1);
  if (plots.length === 0) return null;
  return (
    <Section title={`${old[0].pipeline} over time`}>
      <div class="plots">{plots.map((p) => (
        <Plot key={p.name} title={p.name} x="run by run" line xs={(x) => (Number.isInteger(x) ? String(x + 1) : "")}
          dots={p.dots.map(({ e, y }, i) => ({ x: i, y, label: e.run_id, href: `#/run/${encodeURIComponent(e.run_id)}/steps`, mark: e.status === "FAIL" }))} />
      ))}</div>
    </Section>
  );
}
