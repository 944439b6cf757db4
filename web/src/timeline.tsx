// When each attempt waited and worked, and on which chain of attempts the run's length hangs.
import { useMemo, useRef, useState } from "preact/hooks";
import { Sign, plural, took, useNow, useWindow, words } from "./common";
import { time, type Index, type Item } from "./run";
import type { Span } from "./model";

const height = 30;

interface Row { item: Item; spans: Span[]; critical: boolean }

export function Timeline({ index, selected, select }: { index: Index; selected: string; select: (path: string) => void }) {
  const run = index.run!, going = run.summary.status === "RUNNING", now = useNow(going);
  const [only, setOnly] = useState(false), [zoom, setZoom] = useState(1);
  const box = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => lay(index), [index]);
  const shown = only ? rows.filter((r) => r.critical) : rows;
  const { from, to } = useWindow(box, shown.length, height);
  const start = time(run.timeline.started);
  const end = Math.max(going ? now : time(run.timeline.ended), start + 1, ...rows.flatMap((r) => r.spans.map((s) => time(s.ended))).filter((t) => !Number.isNaN(t)));
  const length = end - start, place = (t: number) => `${(100 * (t - start)) / length}%`;
  const ended = (s: Span) => (s.status === "RUNNING" ? end : time(s.ended));
  const sums = useMemo(() => total(rows, ended), [rows, end]);
  const ticks = marks(length, 6 * zoom);

  return (
    <div class="timeline">
      <div class="bar">
        <p class="sums">
          <span><b>{took(length)}</b> from start to end</span>
          <span><b>{took(sums.worked)}</b> worked in {plural(sums.attempts, "attempt")}</span>
          <span><b>{took(sums.waited)}</b> waited</span>
          <span class="critical"><b>{took(sums.critical)}</b> worked on the critical path of {plural(sums.steps, "step")}</span>
        </p>
        <label class="check"><input type="checkbox" checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} /> critical path only</label>
        <span class="zoom" role="toolbar" aria-label="Zoom">
          <button aria-label="Zoom out" disabled={zoom <= 1} onClick={() => setZoom(zoom / 2)}>−</button>
          <button aria-label="Zoom in" disabled={zoom >= 64} onClick={() => setZoom(zoom * 2)}>+</button>
        </span>
      </div>
      <p class="legend" aria-hidden="true"><span><i class="wait" /> waiting</span><span><i class="success" /> succeeded</span><span><i class="fail" /> failed</span><span><i class="cached" /> cached</span><span><i class="running" /> running</span><span><i class="line" /> critical path</span></p>
      <div class="rows" ref={box} tabIndex={0} role="region" aria-label="Timeline">
        <div class="canvas" style={{ width: `${100 * zoom}%`, height: `${shown.length * height + 28}px` }}>
          <div class="axis" aria-hidden="true">{ticks.map((t) => <span key={t} style={{ left: place(start + t) }}>{t === 0 ? "0" : took(t)}</span>)}</div>
          <div class="marks" aria-hidden="true">{ticks.map((t) => <i key={t} style={{ left: place(start + t) }} />)}</div>
          <ul>
            {shown.slice(from, to).map((r, i) => (
              <li key={r.item.path} style={{ top: `${28 + (from + i) * height}px` }} class={r.item.path === selected ? "current" : ""}>
                <button class="label" title={r.item.path} onClick={() => select(r.item.path)} aria-label={told(r, ended)}>
                  <Sign state={r.item.state} /><span><bdi dir="ltr">{r.item.path}</bdi></span>
                </button>
                <div class="track" aria-hidden="true" onClick={() => select(r.item.path)}>
                  {r.spans.map((s) => {
                    const ready = time(s.ready), started = time(s.started);
                    return (
                      <>
                        {started > ready && <i class={`wait${s.critical ? " critical" : ""}`} title={`waited ${took(started - ready)}`} style={{ left: place(ready), width: `${(100 * (started - ready)) / length}%` }} />}
                        <i class={`work ${s.status.toLowerCase()}${s.critical ? " critical" : ""}`} title={`attempt ${s.attempt}: ${words[s.status]}, ${took(ended(s) - started)}`}
                          style={{ left: place(started), width: `${(100 * (ended(s) - started)) / length}%` }} />
                      </>
                    );
                  })}
                </div>
              </li>
            ))}
          </ul>
        </div>
      </div>
      {rows.length === 0 && <p class="empty">Nothing has started yet.</p>}
    </div>
  );
}

function lay(index: Index): Row[] {
  const rows: Row[] = [];
  for (const item of index.items.values()) if (item.attempts.length > 0) rows.push({ item, spans: item.attempts, critical: item.attempts.some((s) => s.critical) });
  return rows.sort((a, b) => time(a.spans[0].ready) - time(b.spans[0].ready) || time(a.spans[0].started) - time(b.spans[0].started));
}

function told(r: Row, ended: (s: Span) => number): string {
  const parts = r.spans.map((s) => `${r.spans.length > 1 ? `attempt ${s.attempt} ` : ""}${words[s.status]}, waited ${took(time(s.started) - time(s.ready))}, took ${took(ended(s) - time(s.started))}`);
  return `${r.item.path}: ${parts.join("; ")}${r.critical ? "; on the critical path" : ""}`;
}

function total(rows: Row[], ended: (s: Span) => number) {
  const out = { worked: 0, waited: 0, critical: 0, attempts: 0, steps: 0 };
  for (const r of rows) {
    if (r.critical) out.steps++;
    for (const s of r.spans) {
      const worked = ended(s) - time(s.started);
      out.attempts++;
      out.worked += worked;
      out.waited += time(s.started) - time(s.ready);
      if (s.critical) out.critical += worked;
    }
  }
  return out;
}

/** marks are round times, about as many as are wanted. */
function marks(length: number, wanted: number): number[] {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 3e4, 6e4, 12e4, 3e5, 6e5, 12e5, 36e5, 72e5, 216e5, 432e5, 864e5];
  const step = steps.find((s) => length / s <= wanted) ?? Math.ceil(length / wanted / 864e5) * 864e5;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => i * step);
}
