// All that is known of one step.
import { useEffect, useRef, useState } from "preact/hooks";
import { Copy, Hash, Kind, Pill, Problem, Section, Sign, When, bytes, plural, printable, took, useNow, words } from "./common";
import { Log } from "./log";
import { tally, time, type Index, type Item } from "./run";
import type { Source } from "./source";
import type { Attempt, Fact, Value } from "./model";

export function Panel({ source, index, path, tick, close, select }: {
  source: Source; index: Index; path: string; tick: number; close: () => void; select: (path: string) => void;
}) {
  const items = index.find(path), item = items.length === 1 ? items[0] : undefined;
  const node = item?.node ?? index.nodes.get(items[0]?.fixed ?? path);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => { if (matchMedia("(max-width: 900px)").matches) head.current?.focus(); }, [path]);
  if (!node && items.length === 0) return null;
  const name = item ? (item.node ? item.name : `${item.kind} ${item.name}`) : (node?.name ?? path);
  return (
    <aside class="panel" aria-label={`Step ${name}`} onKeyDown={(e) => { if (e.key === "Escape") close(); }}>
      <header>
        <Kind kind={node?.kind ?? item?.kind ?? ""} />
        <h2 tabIndex={-1} ref={head} title={path}>{name}</h2>
        {item && index.run && <Pill state={item.state} />}
        <button class="close" aria-label="Close" onClick={close}><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8" /></svg></button>
      </header>
      <div class="body">
        <Trail path={item?.path ?? path} select={select} index={index} />
        {item && index.run && <Happened item={item} run={index} />}
        {items.length > 1 && <Instances items={items} select={select} />}
        {item && !item.node && <Instances items={item.children} select={select} />}
        {item && item.node?.groups && item.children.some((c) => c.kind === "item" || c.kind === "iteration") && <Instances items={item.children} select={select} />}
        {item && item.attempts.length > 0 && <Attempts source={source} item={item} run={index.run!.summary.run_id} tick={tick} />}
        {node?.facts && <Definition facts={node.facts} />}
      </div>
    </aside>
  );
}

function Trail({ path, select, index }: { path: string; select: (path: string) => void; index: Index }) {
  const parts = path.split(".");
  if (parts.length < 2 || index.find(path).length === 0) return null;
  return (
    <nav class="trail" aria-label="Where the step is">
      {parts.map((p, i) => {
        const to = parts.slice(0, i + 1).join(".");
        return i === parts.length - 1 ? <span key={to} aria-current="true">{p}</span> : <span key={to}><button class="link" onClick={() => select(to)}>{p}</button> / </span>;
      })}
    </nav>
  );
}

function Happened({ item, run }: { item: Item; run: Index }) {
  const now = useNow(item.state === "RUNNING");
  const first = item.attempts[0], last = item.attempts[item.attempts.length - 1];
  return (
    <>
      {item.message && <div class="failure" role="note"><strong>{item.failure || "failed"}</strong> <span>{printable(item.message)}</span></div>}
      <dl class="facts">
        {!Number.isNaN(item.started) && <><dt>started</dt><dd><When at={item.started} /></dd><dt>took</dt><dd>{took((item.state === "RUNNING" ? now : item.ended) - item.started)}</dd></>}
        {first && <><dt>waited</dt><dd>{took(time(first.started) - time(first.ready))}</dd></>}
        {item.attempts.length > 1 && <><dt>attempts</dt><dd>{item.attempts.length}</dd></>}
        {item.kept && <><dt>kept</dt><dd>a retry did not run it again</dd></>}
        {last?.critical && <><dt>critical path</dt><dd>yes: the run could not end before it</dd></>}
        {item.state === "PENDING" && <><dt>state</dt><dd>{run.run!.summary.status === "RUNNING" ? "has not started" : "was not reached"}</dd></>}
      </dl>
    </>
  );
}

/** Instances lists what a step was run for, as the items of a map. */
function Instances({ items, select }: { items: Item[]; select: (path: string) => void }) {
  const [more, setMore] = useState(false);
  const counts = tally(items);
  const sorted = [...items].sort((a, b) => rank(a) - rank(b));
  const shown = more ? sorted : sorted.slice(0, 24);
  const kind = items.every((i) => i.kind === items[0].kind) && !items[0].node ? items[0].kind : items[0].node && items.every((i) => i.fixed === items[0].fixed) ? "instance" : "step";
  return (
    <Section below title={plural(items.length, kind, kind === "branch" ? "branches" : `${kind}s`)}>
      <p class="tally">{counts.map(([s, n]) => <span key={s}><Sign state={s} /> {n} {words[s]}</span>)}</p>
      <ul class="instances">
        {shown.map((i) => (
          <li key={i.path}>
            <button onClick={() => select(i.path)} title={i.path} aria-label={`${i.path}, ${words[i.state]}`}><Sign state={i.state} /> {label(i, kind)}</button>
          </li>
        ))}
      </ul>
      {shown.length < items.length && <button class="link" onClick={() => setMore(true)}>Show all {items.length}</button>}
    </Section>
  );
}

const rank = (i: Item) => (i.state === "FAIL" ? 0 : i.state === "RUNNING" || i.state === "INTERRUPTED" ? 1 : 2);

function label(i: Item, kind: string): string {
  return kind === "instance" ? i.path.split(".").filter((p) => /^\d+$/.test(p)).join(".") || i.path : i.name;
}

function Attempts({ source, item, run, tick }: { source: Source; item: Item; run: string; tick: number }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const last = item.attempts[item.attempts.length - 1];
  const span = item.attempts.find((s) => s.attempt === chosen) ?? last;
  const [got, setGot] = useState<{ key: string; attempt?: Attempt; error?: string }>({ key: "" });
  const key = `${run} ${item.path}#${span.attempt}`;
  useEffect(() => setChosen(null), [item.path]);
  useEffect(() => {
    let stale = false;
    source.attempt(run, item.path, span.attempt).then((attempt) => { if (!stale) setGot({ key, attempt }); }, (e: Error) => { if (!stale) setGot({ key, error: e.message }); });
    return () => { stale = true; };
  }, [key, span.status, span.status === "RUNNING" ? tick : 0]);
  const a = got.key === key ? got.attempt : undefined;
  return (
    <>
      {item.attempts.length > 1 && (
        <div class="attempts" role="group" aria-label="Attempts">
          {item.attempts.map((s) => (
            <button key={s.attempt} aria-pressed={s === span} onClick={() => setChosen(s.attempt)}>
              <Sign state={s.status} /> attempt {s.attempt} <small>{s.status === "RUNNING" ? "" : took(time(s.ended) - time(s.started))}</small>
            </button>
          ))}
        </div>
      )}
      {got.key === key && got.error && <Problem text={got.error} />}
      {a && (
        <>
          {a.failure && !item.message.includes(a.failure.message) && <div class="failure"><strong>{a.failure.kind}</strong> <span>{printable(a.failure.message)}</span></div>}
          {a.log && <Section below title="Log"><Log log={a.log} /></Section>}
          {!!a.returns?.length && <Section below title="Returns" count={a.returns.length}><Values values={a.returns} /></Section>}
          {!!a.inputs?.length && <Section below title="Inputs" count={a.inputs.length}><Values values={a.inputs} /></Section>}
          {!!a.files?.length && (
            <Section below title="Files" count={a.files.length}>
              <div class="wide"><table>
                <thead><tr><th scope="col">file</th><th scope="col">was</th><th scope="col" class="right">size</th><th scope="col">sha256</th></tr></thead>
                <tbody>{a.files.map((f, i) => <tr key={i}><td class="path">{f.path}</td><td>{f.stage === "put" ? "put" : "got"}</td><td class="right">{bytes(f.size)}</td><td><Hash sha256={f.sha256} /></td></tr>)}</tbody>
              </table></div>
            </Section>
          )}
          {a.code && Object.keys(a.code).length > 0 && (
            <Section below title="Code"><dl class="facts">{Object.entries(a.code).sort().map(([k, v]) => <><dt key={k}>{k}</dt><dd class="break">{v}</dd></>)}</dl></Section>
          )}
        </>
      )}
    </>
  );
}

export function Values({ values }: { values: Value[] }) {
  return <ul class="values">{values.map((v) => <li key={v.name}><ValueRow value={v} /></li>)}</ul>;
}

function ValueRow({ value: v }: { value: Value }) {
  const [open, setOpen] = useState(false);
  const long = v.text.length > 80 || v.text.includes("\n");
  return (
    <>
      <div class="value">
        <span class="name">{v.name}</span>
        {v.kind && v.kind !== "json" && <span class="tag">{v.kind}</span>}
        {v.text === "" ? <span class="muted">{bytes(v.size)} <Hash sha256={v.sha256} /></span> : <code class="short">{long ? `${v.text.slice(0, 80)}…` : v.text}</code>}
        {long && <button class="link" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? "less" : "more"}</button>}
      </div>
      {open && (
        <div class="whole">
          <pre tabIndex={0}>{pretty(v.text)}{v.cut ? "\n…" : ""}</pre>
          <Copy text={v.text} what={v.name} />
          {v.cut && <p class="note">This is the beginning of {bytes(v.size)}.</p>}
        </div>
      )}
    </>
  );
}

function pretty(text: string): string {
  try {
    const v: unknown = JSON.parse(text);
    return typeof v === "string" ? v : text.length < 100_000 && !/\d{16}/.test(text) ? JSON.stringify(v, null, 2) : text; // numbers stay as they are
  } catch {
    return text;
  }
}

function Definition({ facts }: { facts: Fact[] }) {
  return (
    <Section below title="Definition">
      {facts.filter((f) => f.code).map((f) => (
        <div class="source" key={f.label}>
          <div class="bar"><span>{f.label}</span><Copy text={f.text} what={f.label} /></div>
          <pre tabIndex={0}>{f.text}</pre>
        </div>
      ))}
      <dl class="facts">{facts.filter((f) => !f.code).map((f) => <><dt key={f.label}>{f.label}</dt><dd class="break">{f.text}</dd></>)}</dl>
    </Section>
  );
}
