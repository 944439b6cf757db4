// What the run came to: metrics, parameters, files, and of what code.
import { useMemo, useState } from "preact/hooks";
import { Copy, Hash, Section, bytes, number, plural } from "./common";
import { Plot } from "./plot";
import type { Index } from "./run";
import type { Declared, Run, Value } from "./model";

export function Results({ run, index, select }: { run: Run; index: Index; select: (path: string) => void }) {
  const before = byName(run.initial), after = byName(run.final), metrics = (run.final ?? []).filter((v) => v.kind === "metric"), courses = (run.course ?? []).filter((c) => c.points.length > 1);
  const declared = new Map((run.declared ?? []).map((d) => [d.name, d]));
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return (
    <div class="results">
      {(metrics.length > 0 || courses.length > 0) && (
        <Section title="Metrics">
          {metrics.length > 0 && <ul class="cards">{metrics.map((m) => <li key={m.name}><span>{m.name}</span><b>{short(m.text)}</b></li>)}</ul>}
          {courses.length > 0 && <div class="plots">{courses.map((c) => (
            <Plot key={c.name} title={c.name} x="in order of time" line xs={(x) => (Number.isInteger(x) ? String(x + 1) : "")} dots={c.points.map((p, i) => ({ x: i, y: p.value, label: p.step ?? String(i + 1) }))} />
          ))}</div>}
        </Section>
      )}
      <Section title="Parameters" count={names.length}>
        {names.length === 0 ? <p class="empty">The run had none.</p> : (
          <div class="wide"><table class="parameters">
            <thead><tr><th scope="col">name</th><th scope="col">at the start</th><th scope="col">at the end</th></tr></thead>
            <tbody>{names.map((n) => <tr key={n}><th scope="row">{n}<Said d={declared.get(n)} /></th><Cell v={before.get(n)} /><Cell v={after.get(n)} same={before.has(n) && before.get(n)!.sha256 === after.get(n)?.sha256} /></tr>)}</tbody>
          </table></div>
        )}
      </Section>
      <Files run={run} index={index} select={select} />
      <About run={run} />
    </div>
  );
}

/** Said is what the definition says of a parameter. */
function Said({ d }: { d?: Declared }) {
  if (!d) return null;
  return <small class="muted">{[d.type, d.values].filter(Boolean).join(", ")}{d.help && <><br />{d.help}</>}</small>;
}

const byName = (values: Value[] = []) => new Map(values.map((v) => [v.name, v]));

/** short is a metric in few digits, where it is a number that loses nothing of note by that. */
function short(text: string): string {
  const n = Number(text);
  return text.trim() !== "" && Number.isFinite(n) && Math.abs(n) < 2 ** 53 ? number(n) : text;
}

function Cell({ v, same }: { v?: Value; same?: boolean }) {
  const [open, setOpen] = useState(false);
  if (!v) return <td class="muted">—</td>;
  if (same) return <td class="muted">unchanged</td>;
  if (v.text === "") return <td class="muted">{bytes(v.size)} <Hash sha256={v.sha256} /></td>;
  const long = v.text.length > 120;
  return (
    <td>
      <code>{open || !long ? v.text : `${v.text.slice(0, 120)}…`}</code>
      {long && <button class="link" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? "less" : "more"}</button>}
      {open && v.cut && <span class="muted"> … the beginning of {bytes(v.size)}</span>}
    </td>
  );
}

interface Put { path: string; step: string; size: number; sha256: string }

function Files({ run, index, select }: { run: Run; index: Index; select: (path: string) => void }) {
  const [find, setFind] = useState("");
  const all = useMemo(() => (run.files ?? []).filter((f: Put) => `${f.path} ${f.step} ${f.sha256}`.toLowerCase().includes(find.toLowerCase())), [run, find]);
  if (!run.files?.length) return null;
  return (
    <Section title="Files" count={run.files.length}>
      {run.files.length > 10 && <label class="find"><span class="hidden">Find a file</span><input type="search" placeholder="Find a file" value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>}
      <div class="wide"><table>
        <thead><tr><th scope="col">file</th><th scope="col">put by</th><th scope="col" class="right">size</th><th scope="col">sha256</th></tr></thead>
        <tbody>{all.slice(0, 500).map((f, i) => <tr key={i}><td class="path">{f.path}</td><td>{index.items.has(f.step) ? <button class="link" onClick={() => select(f.step)}>{f.step}</button> : f.step}</td><td class="right">{bytes(f.size)}</td><td><Hash sha256={f.sha256} /></td></tr>)}</tbody>
      </table></div>
      {all.length > 500 && <p class="note">{plural(all.length - 500, "more file")}; search for it.</p>}
    </Section>
  );
}

function About({ run }: { run: Run }) {
  const s = run.summary, code = Object.entries(run.code ?? {}).sort();
  return (
    <Section title="Where it came from">
      <dl class="facts">
        <dt>run</dt><dd><code>{s.run_id}</code> <Copy text={s.run_id} what="the run's id" /></dd>
        <dt>target</dt><dd>{s.target}</dd>
        {!!s.tags?.length && <><dt>tags</dt><dd>{s.tags.join(", ")}</dd></>}
        <dt>store</dt><dd class="break">{s.store}</dd>
        {code.map(([k, v]) => <><dt key={k}>{k.replaceAll("_", " ")}</dt><dd class="break">{v.join(", ")}</dd></>)}
      </dl>
    </Section>
  );
}
