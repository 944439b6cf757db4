// A log: its escapes become colours, its markup stays text. Lines stand in blocks that the browser renders only in sight.
import { useMemo, useRef, useState } from "preact/hooks";
import { createAnsiSequenceParser, type Color, type ParseToken } from "ansi-sequence-parser";
import { Copy, bytes, plural, printable } from "./common";
import type { Log as Model } from "./model";

const block = 100, most = 20_000;

export function Log({ log }: { log: Model }) {
  const [find, setFind] = useState(""), [only, setOnly] = useState(false), [wrap, setWrap] = useState(true), [all, setAll] = useState(false), [hit, setHit] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => parse(log.text), [log.text]);
  const text = find.toLowerCase();
  const hits = useMemo(() => (text ? lines.flatMap((l, i) => (l.plain.toLowerCase().includes(text) ? [i] : [])) : []), [lines, text]);
  const shown = useMemo(() => {
    const from = only && text ? hits : lines.map((_, i) => i);
    return all ? from : from.slice(-most);
  }, [lines, hits, only, text, all]);
  const blocks = useMemo(() => Array.from({ length: Math.ceil(shown.length / block) }, (_, i) => shown.slice(i * block, (i + 1) * block)), [shown]);
  const go = (to: number) => {
    if (hits.length === 0) return;
    const next = (to + hits.length) % hits.length;
    setHit(next);
    box.current?.querySelector(`[data-line='${hits[next]}']`)?.scrollIntoView({ block: "nearest" });
  };
  if (log.text === "") return <p class="empty">The log is empty.</p>;
  return (
    <div class="log">
      <div class="bar">
        <label class="find">
          <span class="hidden">Search the log</span>
          <input type="search" placeholder="Search the log" value={find} onInput={(e) => { setFind(e.currentTarget.value); setHit(0); }}
            onKeyDown={(e) => { if (e.key === "Enter") { go(e.shiftKey ? hit - 1 : text === "" ? 0 : hit + 1); e.preventDefault(); } }} />
        </label>
        <span class="found" role="status">{text ? (hits.length ? `${hit + 1} of ${hits.length}` : "not found") : ""}</span>
        {text !== "" && <label class="check"><input type="checkbox" checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} /> only these</label>}
        <label class="check"><input type="checkbox" checked={wrap} onChange={(e) => setWrap(e.currentTarget.checked)} /> wrap</label>
        <Copy text={lines.map((l) => l.plain).join("\n")} what="the log" />
      </div>
      {!!log.skipped && <p class="note">The first {bytes(log.skipped)} of {bytes(log.size)} are left out; <code>runs logs</code> prints them.</p>}
      {shown.length < lines.length && !only && <p class="note"><button class="link" onClick={() => setAll(true)}>Show {plural(lines.length - shown.length, "earlier line")}</button></p>}
      <div class={`lines${wrap ? " wrap" : ""}`} ref={box} tabIndex={0} role="region" aria-label="Log">
        {blocks.map((b) => (
          <div class="block" key={b[0]} style={{ containIntrinsicHeight: `auto ${b.length * 18}px` }}>
            {b.map((i) => (
              <div class={`line${text && hits[hit] === i ? " hit" : ""}`} key={i} data-line={i}>
                <span class="number" aria-hidden="true">{i + 1}</span>
                <span class="text">{text && lines[i].plain.toLowerCase().includes(text) ? marked(lines[i].plain, text) : lines[i].tokens.map(painted)}</span>
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

interface Line { plain: string; tokens: ParseToken[] }

function parse(text: string): Line[] {
  const parser = createAnsiSequenceParser(), lines = text.replace(/\n$/, "").split("\n");
  return lines.map((raw) => {
    const end = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const seen = end.slice(end.lastIndexOf("\r") + 1); // what a progress bar has come to
    const tokens = parser.parse(seen).map((t) => ({ ...t, value: printable(t.value) })).filter((t) => t.value !== "");
    return { plain: tokens.map((t) => t.value).join(""), tokens };
  });
}

function painted(t: ParseToken, i: number) {
  const classes = [...t.decorations].map((d) => `ansi-${d}`), style: Record<string, string> = {};
  paint(t.decorations.has("reverse") ? t.background : t.foreground, "color", classes, style);
  paint(t.decorations.has("reverse") ? t.foreground : t.background, "background", classes, style);
  if (classes.length === 0 && Object.keys(style).length === 0) return t.value;
  return <span key={i} class={classes.join(" ")} style={style}>{t.value}</span>;
}

function paint(c: Color | null, property: "color" | "background", classes: string[], style: Record<string, string>): void {
  if (!c) return;
  if (c.type === "named") classes.push(`${property === "color" ? "ansi" : "ansi-on"}-${c.name}`);
  else if (c.type === "rgb") style[property] = `rgb(${c.rgb.join(" ")})`;
  else style[property] = table(c.index);
}

/** table is a colour of the 256 that terminals have. */
function table(i: number): string {
  if (i >= 232) return `rgb(${Array(3).fill(8 + (i - 232) * 10).join(" ")})`;
  if (i < 16) return `var(--ansi-${i % 8})`;
  const level = (n: number) => (n === 0 ? 0 : 55 + 40 * n);
  i -= 16;
  return `rgb(${level(Math.floor(i / 36))} ${level(Math.floor(i / 6) % 6)} ${level(i % 6)})`;
}

function marked(plain: string, text: string) {
  const out = [], low = plain.toLowerCase();
  for (let at = 0; ; ) {
    const next = low.indexOf(text, at);
    if (next < 0) {
      out.push(plain.slice(at));
      return out;
    }
    out.push(plain.slice(at, next), <mark key={next}>{plain.slice(next, next + text.length)}</mark>);
    at = next + text.length;
  }
}
