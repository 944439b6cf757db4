// The page: a report that holds its data, or a live view of the program that serves it.
import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Compare } from "./compare";
import { Copy, Pill, Problem, When, printable, took, useNow, useStable, words } from "./common";
import { Graph } from "./graph";
import { List } from "./list";
import { Panel } from "./panel";
import { Results } from "./results";
import { Index, time, type State } from "./run";
import { Embedded, Live, type Source } from "./source";
import { Timeline } from "./timeline";
import { Tree } from "./tree";
import type { Document, Entry, Graph as Model, Run } from "./model";

interface Place { view: "runs" | "run" | "compare"; ids: string[]; tab: string; at: string }

/** read takes the place out of the address: #/run/ID/timeline?at=step. */
function read(source: Source): Place {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decode), at = new URLSearchParams(query).get("at") ?? "";
  const runs = source.document.runs ?? [];
  if (parts[0] === "run" && parts[1]) return { view: "run", ids: [parts[1]], tab: parts[2] ?? "steps", at };
  if (parts[0] === "compare") return { view: "compare", ids: parts.slice(1), tab: "", at };
  if (parts[0] === "definition") return { view: "run", ids: [], tab: "steps", at };
  if (source.live || parts[0] === "runs") return { view: "runs", ids: [], tab: "", at };
  if (runs.length > 1) return { view: "compare", ids: runs.map((r) => r.summary.run_id), tab: "", at };
  return { view: "run", ids: runs.map((r) => r.summary.run_id), tab: "steps", at };
}

function decode(s: string): string {
  try {
    return decodeURIComponent(s);
  } catch {
    return s;
  }
}

function App({ source }: { source: Source }) {
  const [place, setPlace] = useState(() => read(source));
  const [connected, setConnected] = useState(true), [tick, setTick] = useState(0);
  useEffect(() => {
    const moved = () => setPlace(read(source));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const id = place.view === "run" ? (place.ids[0] ?? null) : null;
  useEffect(() => (place.view === "compare" ? undefined : source.watch(id, () => setTick((t) => t + 1), setConnected)), [place.view, id]);
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the content</a>
      <header class="top">
        <a class="brand" href="#/"><svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><circle cx="5" cy="4" r="2.6" /><circle cx="15" cy="10" r="2.6" /><circle cx="5" cy="16" r="2.6" /><path d="M5 6.6v6.8M7.4 5.2l5.2 3.4M7.4 14.8l5.2-3.4" /></svg>runnable-render</a>
        {source.live && <span class={`connection${connected ? "" : " lost"}`} role="status">{connected ? "live" : "not connected"}</span>}
        {!source.live && (source.document.runs?.length ?? 0) > 1 && <nav class="pages" aria-label="Pages"><a href="#/" aria-current={place.view === "compare" ? "page" : undefined}>Comparison</a><a href="#/runs" aria-current={place.view === "runs" ? "page" : undefined}>Runs</a></nav>}
        <Theme />
      </header>
      <main id="main" tabIndex={-1}>
        {place.view === "runs" && <Runs source={source} tick={tick} />}
        {place.view === "compare" && <><h1>Comparison</h1><Compare source={source} ids={place.ids} /></>}
        {place.view === "run" && (id === null ? <Definition source={source} at={place.at} /> : <RunPage key={id} source={source} id={id} tick={tick} tab={place.tab} at={place.at} />)}
      </main>
    </>
  );
}

function Theme() {
  const [scheme, setScheme] = useState(() => kept() ?? "auto");
  useEffect(() => {
    document.documentElement.style.colorScheme = scheme === "auto" ? "light dark" : scheme;
    try {
      localStorage.setItem("scheme", scheme);
    } catch { /* a page of its own file may not keep anything */ }
  }, [scheme]);
  const next = scheme === "auto" ? "dark" : scheme === "dark" ? "light" : "auto";
  return (
    <button class="theme" aria-label={`Colours: ${scheme}. Switch to ${next}`} title={`Colours: ${scheme}`} onClick={() => setScheme(next)}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" />
        {scheme !== "light" && <path class="fill" d={scheme === "dark" ? "M8 2a6 6 0 0 1 0 12A6 6 0 0 1 8 2z" : "M8 2a6 6 0 0 0 0 12z"} />}
      </svg>
    </button>
  );
}

function kept(): string | null {
  try {
    const s = localStorage.getItem("scheme");
    return s === "light" || s === "dark" ? s : null;
  } catch {
    return null;
  }
}

function Runs({ source, tick }: { source: Source; tick: number }) {
  const [entries, setEntries] = useState<Entry[] | null>(null), [error, setError] = useState("");
  useEffect(() => { source.runs().then((e) => { setEntries(e); setError(""); }, (e: Error) => setError(e.message)); }, [tick]);
  useEffect(() => { document.title = "Runs · runnable-render"; }, []);
  return <>{error && <Problem text={error} />}{entries ? <List entries={entries} live={source.live} /> : !error && <p class="empty">Reading the runs…</p>}</>;
}

function Definition({ source, at }: { source: Source; at: string }) {
  const { graph, title } = source.document;
  const index = useMemo(() => graph && new Index(graph), [graph]);
  if (!graph || !index) return <p class="empty">There is nothing in this page.</p>;
  return (
    <div class="run">
      <div class="headline"><h1>{title}</h1><span class="muted">definition</span></div>
      <Steps source={source} graph={graph} index={index} at={at} base="#/definition" tick={0} />
    </div>
  );
}

const tabs = [["steps", "Steps"], ["timeline", "Timeline"], ["results", "Results"]];

function RunPage({ source, id, tick, tab, at }: { source: Source; id: string; tick: number; tab: string; at: string }) {
  const [run, setRun] = useState<Run | null>(null), [error, setError] = useState("");
  const news = useNews();
  useEffect(() => {
    let stale = false;
    source.run(id).then((r) => {
      if (stale) return;
      setRun((before) => { if (before) news.tell(before, r); return r; });
      setError("");
    }, (e: Error) => { if (!stale) setError(e.message); });
    return () => { stale = true; };
  }, [id, tick]);
  useEffect(() => { if (run) document.title = `${run.summary.pipeline}: ${words[run.summary.status]} · ${id}`; }, [run]);
  const index = useMemo(() => run && new Index(run.graph, run), [run]);
  const base = `#/run/${encodeURIComponent(id)}`;
  if (!run || !index) return error ? <Problem text={error} /> : <p class="empty">Reading the run…</p>;
  return (
    <div class="run">
      {error && <Problem text={error} />}
      <Headline run={run} base={base} live={source.live} />
      <nav class="tabs" aria-label="Views of the run">
        {tabs.map(([key, name]) => <a key={key} href={`${base}/${key}${at ? `?${new URLSearchParams({ at })}` : ""}`} aria-current={tab === key ? "page" : undefined}>{name}</a>)}
      </nav>
      <Steps source={source} graph={run.graph} index={index} at={at} base={`${base}/${tab}`} tick={tick} tab={tab} />
      <div class="hidden" role="status" aria-live="polite">{news.text}</div>
    </div>
  );
}

function Headline({ run, base, live }: { run: Run; base: string; live: boolean }) {
  const s = run.summary, going = s.status === "RUNNING", now = useNow(going);
  const end = going ? (live ? now : time(run.timeline.ended)) : time(s.ended);
  return (
    <>
      <div class="headline">
        <h1>{s.pipeline}</h1>
        <Pill state={s.status} />
        <p class="facts"><span><code>{s.run_id}</code><Copy text={s.run_id} what="the run's id" /></span><span>{took(end - time(s.started))}</span><span><When at={time(s.started)} /></span><span>{s.target}</span>{(s.tags ?? []).map((t) => <span class="tag" key={t}>{t}</span>)}</p>
      </div>
      {s.failure && s.status !== "SUCCESS" && (
        <div class="failure" role="note">
          <a href={`${base}/steps?${new URLSearchParams({ at: s.failure.step })}`}>{s.failure.step}</a> <strong>{s.failure.kind}</strong> <span>{printable(s.failure.message)}</span>
          {s.commands?.retry && <span class="command"><code>{s.commands.retry}</code><Copy text={s.commands.retry} what="the command" /></span>}
        </div>
      )}
    </>
  );
}

/** Steps is a view of the run with what is chosen beside it. */
function Steps({ source, graph, index, at, base, tick, tab = "steps" }: { source: Source; graph: Model; index: Index; at: string; base: string; tick: number; tab?: string }) {
  const boxes = useFolds(() => firstOpen(graph, 60)), lines = useFolds(() => firstLines(index, 200));
  const [phone, setPhone] = useState<"tree" | "graph">("graph");
  const back = useRef<Element | null>(null);
  const select = useStable((path: string) => {
    if (!(document.activeElement?.closest(".panel"))) back.current = document.activeElement;
    location.hash = `${base}?${new URLSearchParams({ at: path })}`;
  });
  const close = useStable(() => {
    location.hash = base;
    if (back.current instanceof HTMLElement || back.current instanceof SVGElement) back.current.focus();
  });
  return (
    <div class={`split${at ? " chosen" : ""}`}>
      {tab === "steps" && (
        <div class={`both show-${phone}`}>
          <div class="switch" role="group" aria-label="Show">
            <button aria-pressed={phone === "graph"} onClick={() => setPhone("graph")}>Graph</button>
            <button aria-pressed={phone === "tree"} onClick={() => setPhone("tree")}>List</button>
          </div>
          <Tree index={index} selected={at} open={lines.open} toggle={lines.toggle} select={select} />
          <Graph graph={graph} index={index} selected={at} open={boxes.open} toggle={boxes.toggle} select={select} />
        </div>
      )}
      {tab === "timeline" && index.run && <Timeline index={index} selected={at} select={select} />}
      {tab === "results" && index.run && <Results run={index.run} index={index} select={select} />}
      {at && <Panel source={source} index={index} path={at} tick={tick} close={close} select={select} />}
    </div>
  );
}

/** useFolds keeps which parts are unfolded. */
function useFolds(first: () => Set<string>) {
  const [set, setSet] = useState(first);
  const toggle = useStable((path: string, to?: boolean) => setSet((s) => {
    const next = new Set(s);
    if (to ?? !next.has(path)) next.add(path);
    else next.delete(path);
    return next;
  }));
  const open = useMemo(() => (path: string) => set.has(path), [set]);
  return { open, toggle };
}

/** firstOpen unfolds composites level by level as long as what is seen stays small. */
function firstOpen(graph: Model, most: number): Set<string> {
  const out = new Set<string>();
  let seen = graph.nodes.length;
  for (let level = graph.nodes; level.length > 0; ) {
    const next = [];
    for (const n of level) {
      const inside = (n.groups ?? []).flatMap((g) => g.graph.nodes);
      if (inside.length === 0 || n.kind === "bundle" || seen + inside.length > most) continue;
      seen += inside.length;
      out.add(n.path);
      next.push(...inside);
    }
    level = next;
  }
  return out;
}

/** firstLines is the same for the tree; what failed or runs is always unfolded. */
function firstLines(index: Index, most: number): Set<string> {
  const out = new Set<string>();
  let seen = index.roots.length;
  for (let level = index.roots; level.length > 0; ) {
    const next = [];
    for (const i of level) {
      if (i.children.length === 0 || (seen + i.children.length > most && i.state !== "FAIL" && i.state !== "RUNNING")) continue;
      seen += i.children.length;
      out.add(i.path);
      next.push(...i.children);
    }
    level = next;
  }
  return out;
}

/** useNews says aloud what has changed, a few things at a time. */
function useNews() {
  const [text, setText] = useState("");
  const tell = useStable((before: Run, now: Run) => {
    const was = new Map(before.summary.steps.map((s) => [s.path, s.status]));
    const told = now.summary.steps.filter((s) => s.status !== was.get(s.path) && s.status !== "RUNNING").map((s) => `${s.path} ${words[s.status as State]}`);
    const more = told.length > 3 ? [`and ${told.length - 3} more steps`] : [];
    const end = now.summary.status !== before.summary.status ? [`the run ${words[now.summary.status]}`] : [];
    const all = [...told.slice(0, 3), ...more, ...end];
    if (all.length > 0) setText(all.join(", "));
  });
  return { text, tell };
}

const data = JSON.parse(document.getElementById("data")!.textContent!) as Document;
render(<App source={data.live ? new Live(data) : new Embedded(data)} />, document.getElementById("app")!);
