// Small parts that the views share.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren, RefObject } from "preact";
import type { State } from "./run";

export const words: Record<State, string> = {
  SUCCESS: "succeeded", CACHED: "cached", FAIL: "failed", RUNNING: "running", INTERRUPTED: "interrupted", PENDING: "not run",
};

const signs: Record<State, string> = {
  SUCCESS: "M4 8.5 7 11.5 12.5 5", CACHED: "M4 8.5 7 11.5 12.5 5", FAIL: "M5 5 11 11M11 5 5 11", RUNNING: "M8 3a5 5 0 1 1-5 5", INTERRUPTED: "M6 5v6M10 5v6", PENDING: "M5.5 8h5",
};

/** Sign shows a state by shape and colour. The word stands beside it, or in the label of what holds it. */
export function Sign({ state, label }: { state: State; label?: boolean }) {
  return (
    <svg class={`sign ${state.toLowerCase()}`} viewBox="0 0 16 16" width="16" height="16" role={label ? "img" : undefined} aria-label={label ? words[state] : undefined} aria-hidden={label ? undefined : true}>
      <circle cx="8" cy="8" r="7.2" />
      <path d={signs[state]} />
    </svg>
  );
}

export function Pill({ state }: { state: State }) {
  return (
    <span class={`pill ${state.toLowerCase()}`}>
      <Sign state={state} />
      {words[state]}
    </span>
  );
}

const kinds: Record<string, string> = {
  stub: "M3 8h.01M8 8h.01M13 8h.01", suspend: "M3 8h.01M8 8h.01M13 8h.01", parallel: "M3 3v10M8 3v10M13 3v10",
  map: "M2.5 2.5H7V7H2.5zM9 2.5h4.5V7H9zM2.5 9H7v4.5H2.5zM9 9h4.5v4.5H9z", bundle: "M2.5 2.5H7V7H2.5zM9 2.5h4.5V7H9zM2.5 9H7v4.5H2.5zM9 9h4.5v4.5H9z",
  conditional: "M8 2v4M8 6 3 13M8 6l5 7", loop: "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3", again: "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3", shell: "M3 4l4 4-4 4M9 12h4",
  notebook: "M4 2h9v12H4zM4 5H2.5M4 8H2.5M4 11H2.5M7 5h3", dag: "M2.5 4.5h11v8h-11zM2.5 4.5 5 2.5h4l1.5 2",
  branch: "M5 3v10M5 8c0-3 6-1 6-5", item: "M5.5 5.5h5v5h-5z", iteration: "M5.5 5.5h5v5h-5z",
};

export function Kind({ kind }: { kind: string }) {
  return (
    <svg class="kind" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={kinds[kind] ?? "M4 3.5 12.5 8 4 12.5z"} />
    </svg>
  );
}

/** printable drops escapes, and the characters that show nothing. */
export function printable(s: string): string {
  return s.replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[[\]()#;?]*[0-9;]*[A-Za-z]?|[\x00-\x08\x0b-\x1f\x7f]/g, "");
}

/** took writes a number of milliseconds as people read it. */
export function took(ms: number): string {
  if (Number.isNaN(ms)) return "";
  if (ms < 0) ms = 0;
  if (ms < 99.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  if (s < 3600) return `${Math.floor(s / 60)} m ${pad(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${pad(Math.floor(s / 60) % 60)} m`;
}

const pad = (n: number) => String(n).padStart(2, "0");

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function When({ at }: { at: number }) {
  if (Number.isNaN(at)) return null;
  return <time dateTime={new Date(at).toISOString()}>{moment.format(at)}</time>;
}

export function bytes(n: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let i = 0;
  while (n >= 1024 && i < units.length - 1) {
    n /= 1024;
    i++;
  }
  return `${i === 0 ? n : n.toFixed(n < 10 ? 1 : 0)} ${units[i]}`;
}

export function number(n: number): string {
  return Math.abs(n) >= 1e6 || (n !== 0 && Math.abs(n) < 1e-4) ? n.toExponential(3) : String(+n.toPrecision(6));
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}


/** useNow is the time, which goes on while active. */
export function useNow(active: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!active) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [active]);
  return now;
}

/** Copy puts a text into the clipboard. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button class="copy" title={`Copy ${what}`} aria-label={done ? "Copied" : `Copy ${what}`} onClick={() => void navigator.clipboard?.writeText(text).then(() => setDone(true))}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={done ? "M3 8.5 6.5 12 13 4.5" : "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"} />
      </svg>
    </button>
  );
}

export function Hash({ sha256 }: { sha256: string }) {
  return (
    <span class="hash">
      <code title={sha256}>{sha256.slice(0, 12)}</code>
      <Copy text={sha256} what="sha256" />
    </span>
  );
}

export function Problem({ text }: { text: string }) {
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}

/** Section has a heading, which below another one is of the third level. */
export function Section({ title, count, below, children }: { title: string; count?: number; below?: boolean; children: ComponentChildren }) {
  const Heading = below ? "h3" : "h2";
  return (
    <section class="section">
      <Heading>
        {title}
        {count !== undefined && <span class="count">{count}</span>}
      </Heading>
      {children}
    </section>
  );
}

/** useWindow says which of many rows of one height are in sight, so that only these need be there. */
export function useWindow(box: RefObject<HTMLElement | null>, count: number, height: number, spare = 10): { from: number; to: number } {
  const [range, setRange] = useState({ from: 0, to: 60 });
  const look = () => {
    const el = box.current;
    if (!el) return;
    const from = Math.max(0, Math.floor(el.scrollTop / height) - spare);
    const to = Math.ceil((el.scrollTop + el.clientHeight) / height) + spare;
    setRange((r) => (r.from === from && r.to === to ? r : { from, to }));
  };
  useLayoutEffect(look);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    el.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(el);
    return () => {
      el.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, [height]);
  return { from: Math.min(range.from, Math.max(0, count - 1)), to: Math.min(range.to, count) };
}

/** useMovedFocus notes in what it returns that a key has moved the focus, and gives it to what the selector finds as soon
 * as that is rendered: a row that is scrolled into sight is not there at once. */
export function useMovedFocus(box: RefObject<HTMLElement | null>, selector: string, options?: FocusOptions): { current: boolean } {
  const moved = useRef(false);
  useLayoutEffect(() => {
    const to = moved.current && box.current?.querySelector<HTMLElement>(selector);
    if (!to) return;
    moved.current = false;
    to.focus(options);
  });
  return moved;
}

/** useStable keeps a function's identity while it always calls the newest. */
export function useStable<A extends unknown[], R>(f: (...args: A) => R): (...args: A) => R {
  const newest = useRef(f);
  newest.current = f;
  return useRef((...args: A) => newest.current(...args)).current;
}
