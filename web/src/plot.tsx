// Plots as pictures with their numbers beside them, for those who do not see them.
import { useState } from "preact/hooks";
import { number } from "./common";

export interface Dot { x: number; y: number; label: string; href?: string; mark?: boolean }

const W = 420, H = 190, left = 54, right = 14, top = 12, bottom = 30;

/** Plot draws values over a course, a time, or another value. */
export function Plot({ title, dots, xs, x, line }: { title: string; dots: Dot[]; xs: (x: number) => string; x: string; line?: boolean }) {
  const [over, setOver] = useState<Dot | null>(null);
  const scaleX = span(dots.map((d) => d.x)), scaleY = span(dots.map((d) => d.y));
  const px = (v: number) => left + ((v - scaleX.min) / (scaleX.max - scaleX.min)) * (W - left - right);
  const py = (v: number) => H - bottom - ((v - scaleY.min) / (scaleY.max - scaleY.min)) * (H - top - bottom);
  const ticksY = ticks(scaleY.min, scaleY.max, 4), ticksX = ticks(scaleX.min, scaleX.max, 4);
  return (
    <figure class="plot">
      <figcaption>{title}<span class="over" aria-hidden="true">{over ? `${over.label}: ${number(over.y)}` : dots.length > 0 ? number(dots[dots.length - 1].y) : ""}</span></figcaption>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`${title}: ${dots.length} values from ${number(Math.min(...dots.map((d) => d.y)))} to ${number(Math.max(...dots.map((d) => d.y)))}`}>
        {ticksY.map((t) => <g key={t} class="tick"><line x1={left} x2={W - right} y1={py(t)} y2={py(t)} /><text x={left - 7} y={py(t) + 3.5} text-anchor="end">{number(t)}</text></g>)}
        {ticksX.map((t) => <text key={t} class="tick" x={px(t)} y={H - bottom + 15} text-anchor="middle">{xs(t)}</text>)}
        <text class="title" x={(left + W - right) / 2} y={H - 3} text-anchor="middle">{x}</text>
        {line && dots.length > 1 && <path class="line" d={dots.map((d, i) => `${i ? "L" : "M"}${px(d.x).toFixed(1)} ${py(d.y).toFixed(1)}`).join("")} />}
        {dots.map((d, i) => {
          const href = d.href; // the table below has it as a link, for the keyboard
          return <circle key={i} class={`${d.mark ? "mark" : ""}${href ? " leads" : ""}`} cx={px(d.x)} cy={py(d.y)} r={dots.length > 60 ? 2 : 4} onMouseEnter={() => setOver(d)} onMouseLeave={() => setOver(null)} onClick={href ? () => { location.hash = href; } : undefined}><title>{`${d.label}: ${number(d.y)}`}</title></circle>;
        })}
      </svg>
      <details>
        <summary>Numbers</summary>
        <div class="wide short"><table><thead><tr><th scope="col">{x}</th><th scope="col" class="right">{title}</th></tr></thead><tbody>{dots.map((d, i) => <tr key={i}><td>{d.href ? <a href={d.href}>{d.label}</a> : d.label}</td><td class="right">{number(d.y)}</td></tr>)}</tbody></table></div>
      </details>
    </figure>
  );
}

/** Bars compares one value of several runs. */
export function Bars({ title, values, names }: { title: string; values: (number | null)[]; names: string[] }) {
  const known = values.filter((v): v is number => v !== null);
  const low = Math.min(0, ...known), high = Math.max(0, ...known), length = high - low || 1;
  return (
    <figure class="plot bars">
      <figcaption>{title}</figcaption>
      <ul>
        {values.map((v, i) => (
          <li key={i}>
            <span class="who">{names[i]}</span>
            <span class="track" aria-hidden="true">{v !== null && <i class={`run-${i % 6}`} style={{ marginLeft: `${(100 * (Math.min(0, v) - low)) / length}%`, width: `${Math.max(0.5, (100 * Math.abs(v)) / length)}%` }} />}</span>
            <span class="what">{v === null ? "—" : number(v)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function span(values: number[]): { min: number; max: number } {
  let min = Math.min(...values), max = Math.max(...values);
  if (min === max) {
    const room = Math.abs(min) / 10 || 1;
    return { min: min - room, max: max + room };
  }
  const room = (max - min) * 0.06;
  return { min: min - room, max: max + room };
}

function ticks(min: number, max: number, wanted: number): number[] {
  const raw = (max - min) / wanted, power = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw)!;
  const out = [];
  for (let i = Math.ceil(min / step); i * step <= max; i++) out.push(+(i * step).toPrecision(12));
  return out;
}
