// Runs side by side: what went in, what came out, by which code, in what time.
import { useEffect, useState } from "preact/hooks";
import { Problem, Section, Sign, When, took } from "./common";
import { Bars, Plot } from "./plot";
import { time } from "./run";
import type { Comparison, Row } from "./model";
import type { Source } from "./source";

export function Compare({ source, ids }: { source: Source; ids: string[] }) {
  const [got, setGot] = useState<Comparison | null>(null), [error, setError] = useState(""), [only, setOnly] = useState(true);
  useEffect(() => { source.compare(ids).then(setGot, (e: Error) => setError(e.message)); }, [ids.join("\n")]);
  if (error) return <Problem text={error} />;
  if (!got) return <p class="empty">Reading the runs…</p>;
  const names = got.runs.map((r) => r.run_id);
  const metrics = numeric(got.metrics, 1), pairs = numeric(got.parameters.filter((p) => p.differ), 3);
  return (
    <div class="compare">
      <div class="wide"><table class="heads">
        <thead><tr><th scope="col"><label class="check"><input type="checkbox" checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} /> differences only</label></th>
          {got.runs.map((r, i) => <th scope="col" key={r.run_id}><i class={`swatch run-${i % 6}`} aria-hidden="true" /><a href={`#/run/${encodeURIComponent(r.run_id)}/steps`}>{r.run_id}</a></th>)}</tr></thead>
        <tbody>
          <tr><th scope="row">status</th>{got.runs.map((r) => <td key={r.run_id}><Sign state={r.status} label /> {r.pipeline}</td>)}</tr>
          <tr><th scope="row">started</th>{got.runs.map((r) => <td key={r.run_id}><When at={time(r.started)} /></td>)}</tr>
          <tr><th scope="row">took</th>{got.runs.map((r) => <td key={r.run_id}>{r.seconds ? took(r.seconds * 1000) : "—"}</td>)}</tr>
          <tr><th scope="row">target</th>{got.runs.map((r) => <td key={r.run_id}>{r.target}</td>)}</tr>
          {got.runs.some((r) => r.tags?.length) && <tr><th scope="row">tags</th>{got.runs.map((r) => <td key={r.run_id}>{r.tags?.join(", ")}</td>)}</tr>}
          <Rows title="Parameters" rows={got.parameters} only={only} />
          <Rows title="Metrics" rows={got.metrics} only={only} />
          <Rows title="Results" rows={got.results} only={only} />
          <Rows title="Files, by sha256" rows={got.files} only={only} show={(v) => word(v).slice(0, 12)} />
          <Rows title="Code" rows={got.code} only={only} show={word} />
        </tbody>
      </table></div>
      {(metrics.length > 0 || got.runs.some((r) => r.seconds)) && (
        <Section title="Plots">
          <div class="plots">
            {metrics.map((m) => <Bars key={m.name} title={m.name} names={names} values={m.numbers} />)}
            <Bars title="seconds" names={names} values={got.runs.map((r) => r.seconds || null)} />
            {pairs.flatMap((p) => metrics.map((m) => {
              const dots = p.numbers.flatMap((x, i) => (x !== null && m.numbers[i] !== null ? [{ x, y: m.numbers[i], label: names[i] }] : []));
              return dots.length > 2 && <Plot key={`${p.name} ${m.name}`} title={m.name} x={p.name} xs={(v) => String(v)} dots={dots} />;
            }))}
          </div>
        </Section>
      )}
      {got.steps.length > 0 && (
        <Section title="How long the steps took">
          <div class="wide"><table>
            <thead><tr><th scope="col">step</th>{names.map((n, i) => <th scope="col" key={n}><i class={`swatch run-${i % 6}`} aria-hidden="true" />{n}</th>)}</tr></thead>
            <tbody><Rows rows={got.steps} only={false} most={200} show={(v) => took(Number(v) * 1000)} /></tbody>
          </table></div>
        </Section>
      )}
    </div>
  );
}

/** word is a JSON string's text. */
const word = (v: string): string => (v.startsWith('"') ? (JSON.parse(v) as string) : v);

/** numeric are the rows of which at least so many values are numbers. */
function numeric(rows: Row[], least: number) {
  const all = rows.map((r) => ({ name: r.name, numbers: r.values.map((v) => (v !== null && /^-?\d/.test(v) && Number.isFinite(Number(v)) ? Number(v) : null)) }));
  return all.filter((r) => r.numbers.filter((n) => n !== null).length >= least);
}

function Rows({ title, rows, only, show = (v) => v, most = 1000 }: { title?: string; rows: Row[] | null; only: boolean; show?: (v: string) => string; most?: number }) {
  const shown = (rows ?? []).filter((r) => r.differ || !only);
  if (!rows?.length) return null;
  return (
    <>
      {title && <tr class="group"><th scope="rowgroup" colSpan={1 + rows[0].values.length}>{title}{shown.length < rows.length && <small>{shown.length === 0 ? "all equal" : `${rows.length - shown.length} more are equal`}</small>}</th></tr>}
      {shown.slice(0, most).map((r) => (
        <tr key={r.name} class={r.differ ? "differ" : ""}>
          <th scope="row">{r.name}</th>
          {r.values.map((v, i) => { const text = v === null ? "—" : show(v); return <td key={i}><code title={text}>{text.length > 160 ? `${text.slice(0, 160)}…` : text}</code></td>; })}
        </tr>
      ))}
      {shown.length > most && <tr><td colSpan={1 + rows[0].values.length} class="muted">and {shown.length - most} more</td></tr>}
    </>
  );
}
