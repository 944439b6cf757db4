// The graph: boxes that can be reached by keyboard over lines, of which only those in sight are there.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Kind, Sign, plural, useMovedFocus, useStable, words } from "./common";
import { curve, headHeight, scene, type Box } from "./layout";
import { tally, worst, type Index, type State } from "./run";
import type { Graph as Model } from "./model";

const margin = 28, around = 400, least = 0.08, most = 2;

export function Graph({ graph, index, selected, open, toggle, select }: {
  graph: Model; index: Index; selected: string; open: (path: string) => boolean; toggle: (path: string) => void; select: (path: string) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const all = useMemo(() => scene(graph, open), [graph, open]);
  const [scale, setScale] = useState(0);
  const [view, setView] = useState({ x: 0, y: 0, w: 1600, h: 1200 });
  const [focus, setFocus] = useState("");
  const moved = useMovedFocus(box, ".head[tabindex='0']", { preventScroll: true });
  const zoom = scale || 1;
  const run = !!index.run;

  const look = useStable(() => {
    const el = box.current;
    if (!el) return;
    const step = 100; // look again only after a while of scrolling
    const x = Math.floor((el.scrollLeft / zoom - margin - around) / step) * step, y = Math.floor((el.scrollTop / zoom - margin - around) / step) * step;
    const w = Math.ceil((el.clientWidth / zoom + 2 * around) / step + 1) * step, h = Math.ceil((el.clientHeight / zoom + 2 * around) / step + 1) * step;
    setView((v) => (v.x === x && v.y === y && v.w === w && v.h === h ? v : { x, y, w, h }));
  });
  useLayoutEffect(look);
  useEffect(() => {
    const el = box.current!;
    el.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(() => look());
    sizes.observe(el);
    return () => {
      el.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, []);

  /** fit shows all of it, as long as it can be read. */
  const fit = useStable((floor: number) => {
    const el = box.current!;
    const wanted = Math.min((el.clientWidth - 8) / (all.w + 2 * margin), (el.clientHeight - 8) / (all.h + 2 * margin));
    setScale(Math.max(floor, least, Math.min(1, wanted)));
    requestAnimationFrame(() => { el.scrollLeft = Math.max(0, (el.scrollWidth - el.clientWidth) / 2); });
  });
  useLayoutEffect(() => { if (scale === 0 && box.current!.clientWidth > 0) fit(0.55); });

  /** zoomTo keeps the point under the pointer, or the middle, where it is. */
  const zoomTo = useStable((to: number, px?: number, py?: number) => {
    const el = box.current!;
    to = Math.max(least, Math.min(most, to));
    const cx = px ?? el.clientWidth / 2, cy = py ?? el.clientHeight / 2;
    const x = (el.scrollLeft + cx) / zoom, y = (el.scrollTop + cy) / zoom;
    setScale(to);
    requestAnimationFrame(() => {
      el.scrollLeft = x * to - cx;
      el.scrollTop = y * to - cy;
    });
  });
  useEffect(() => {
    const el = box.current!;
    const wheel = (e: WheelEvent) => {
      if (!e.ctrlKey && !e.metaKey) return;
      e.preventDefault();
      const r = el.getBoundingClientRect();
      zoomTo(zoomNow.current * Math.exp(-e.deltaY / 300), e.clientX - r.left, e.clientY - r.top);
    };
    el.addEventListener("wheel", wheel, { passive: false });
    return () => el.removeEventListener("wheel", wheel);
  }, []);
  const zoomNow = useRef(zoom);
  zoomNow.current = zoom;

  const reveal = useStable((b: Box) => {
    const el = box.current!;
    const x = (b.x + margin) * zoom, y = (b.y + margin) * zoom, w = b.w * zoom, h = Math.min(b.h, headHeight) * zoom;
    if (x < el.scrollLeft || x + w > el.scrollLeft + el.clientWidth) el.scrollLeft = x - (el.clientWidth - w) / 2;
    if (y < el.scrollTop || y + h > el.scrollTop + el.clientHeight) el.scrollTop = y - (el.clientHeight - h) / 2;
  });
  const fixed = index.items.get(selected)?.fixed ?? selected;
  useEffect(() => {
    const b = all.boxes.find((b) => b.node.path === fixed);
    if (b && scale) reveal(b);
  }, [fixed, scale === 0]);

  const current = all.boxes.find((b) => b.node.path === focus) ?? all.boxes.find((b) => b.node.path === fixed) ?? all.boxes[0];
  const key = (e: KeyboardEvent) => {
    const direction = ({ ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] } as Record<string, [number, number]>)[e.key];
    if (direction && current) {
      const next = nearest(all.boxes, current, direction);
      if (next) {
        setFocus(next.node.path);
        reveal(next);
        moved.current = true;
      }
    } else if (e.key === " " && current?.node.groups) toggle(current.node.path);
    else if (e.key === "+" || e.key === "=") zoomTo(zoom * 1.25);
    else if (e.key === "-") zoomTo(zoom / 1.25);
    else if (e.key === "0") fit(0);
    else return;
    e.preventDefault();
  };

  const drag = useDrag(box);
  const sees = (x: number, y: number, w: number, h: number) => x < view.x + view.w && x + w > view.x && y < view.y + view.h && y + h > view.y;
  const boxes = all.boxes.filter((b) => b === current || sees(b.x, b.y, b.w, b.h));
  const lines = all.lines.filter((l) => {
    const xs = l.points.map((p) => p.x), ys = l.points.map((p) => p.y);
    const x = Math.min(...xs), y = Math.min(...ys);
    return sees(x, y, Math.max(...xs) - x + 1, Math.max(...ys) - y + 1);
  });

  return (
    <div class="graph">
      <div class="scroll" ref={box} {...drag}>
        <div class="sheet" role="group" aria-label="Graph. Arrow keys move between steps, Enter shows one, Space folds and unfolds, plus and minus zoom." onKeyDown={key}
          style={{ width: `${(all.w + 2 * margin) * zoom}px`, height: `${(all.h + 2 * margin) * zoom}px` }}>
          <div class="scaled" style={{ transform: `scale(${zoom})`, width: `${all.w + 2 * margin}px`, height: `${all.h + 2 * margin}px` }}>
            {boxes.filter((b) => b.open).map((b) => <div key={b.node.path} class={`around ${stateOf(index, b.node.path).toLowerCase()}`} style={at(b, b.h)} />)}
            {all.frames.filter((f) => sees(f.x, f.y, f.w, f.h)).map((f) => (
              <div key={`${f.of.path}.${f.group.name}`} class="frame" style={at(f, f.h)}>
                <span>{f.group.title}</span>
                {run && <Sign state={worst(index.find(`${f.of.path}.${f.group.name}`).map((i) => i.state))} label />}
              </div>
            ))}
            <svg aria-hidden="true" style={{ left: `${view.x + margin}px`, top: `${view.y + margin}px` }} width={view.w} height={view.h} viewBox={`${view.x} ${view.y} ${view.w} ${view.h}`}>
              <defs>
                <marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="arrow" d="M0 0 8 4 0 8z" /></marker>
                <marker id="to-failure" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="arrow failure" d="M0 0 8 4 0 8z" /></marker>
              </defs>
              {lines.map((l, i) => <path key={i} class={l.failure ? "edge failure" : "edge"} marker-end={l.failure ? "url(#to-failure)" : "url(#to)"} d={curve(l.points)} />)}
            </svg>
            {boxes.map((b) => (
              <Node key={b.node.path} box={b} index={index} selected={b.node.path === fixed} focusable={b === current} toggle={toggle} focus={setFocus} select={(p) => { setFocus(p); select(p); }} />
            ))}
          </div>
        </div>
      </div>
      <div class="zoom" role="toolbar" aria-label="Zoom">
        <button aria-label="Zoom out" title="Zoom out (-)" onClick={() => zoomTo(zoom / 1.25)}>−</button>
        <button aria-label={`${Math.round(zoom * 100)}%, show all`} title="Show all (0)" onClick={() => fit(0)}>{Math.round(zoom * 100)}%</button>
        <button aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoomTo(zoom * 1.25)}>+</button>
      </div>
    </div>
  );
}

const at = (b: { x: number; y: number; w: number }, h: number) => ({ left: `${b.x + margin}px`, top: `${b.y + margin}px`, width: `${b.w}px`, height: `${h}px` });

function stateOf(index: Index, path: string): State {
  return index.run ? worst(index.find(path).map((i) => i.state)) : "PENDING";
}

function Node({ box: b, index, selected, focusable, toggle, focus, select }: {
  box: Box; index: Index; selected: boolean; focusable: boolean; toggle: (path: string) => void; focus: (path: string) => void; select: (path: string) => void;
}) {
  const n = b.node, items = index.run ? members(b, index) : [], counts = tally(items), state = worst(items.map((i) => i.state));
  const many = items.length > 1, run = !!index.run;
  const inside = n.groups && !b.open ? ` · ${plural(n.count ?? 0, "step")}` : "";
  const told = !run ? "" : many ? counts.map(([s, k]) => `${k} ${words[s]}`).join(", ") : words[state];
  return (
    <div class={`node ${run ? state.toLowerCase() : "plain"}${selected ? " selected" : ""}${b.open ? " open" : ""}${n.groups ? " composite" : ""}`} style={at(b, b.open ? headHeight : b.h)}>
      <button class="head" data-path={n.path} tabIndex={focusable ? 0 : -1} aria-expanded={n.groups ? b.open : undefined} aria-pressed={selected}
        title={`${n.path}\n${n.kind}${n.detail ? `: ${n.detail}` : ""}`} onFocus={() => focus(n.path)} onClick={() => select(n.path)} onDblClick={() => n.groups && toggle(n.path)}>
        <Kind kind={n.kind} />
        <span class="texts">
          <span class="name">{n.name}</span>
          <span class="detail"><b>{n.kind}</b>{n.detail ? ` · ${n.detail}` : ""}{inside}</span>
        </span>
        <span class="hidden">{told}</span>
        {run && (many ? <Bar counts={counts} of={items.length} /> : <Sign state={state} />)}
      </button>
      {n.groups && (
        <button class="unfold" tabIndex={-1} aria-label={`${b.open ? "Fold" : "Unfold"} ${n.name}`} title={b.open ? "Fold (Space)" : "Unfold (Space)"} onClick={() => toggle(n.path)}>
          <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true"><path d={b.open ? "M1.5 5h7" : "M1.5 5h7M5 1.5v7"} /></svg>
        </button>
      )}
    </div>
  );
}

/** members are the instances of a box; those of a bundle are the steps in it. */
function members(b: Box, index: Index) {
  if (b.node.kind !== "bundle") return index.find(b.node.path);
  return b.node.groups!.flatMap((g) => g.graph.nodes.flatMap((n) => index.find(n.path)));
}

/** Bar shows how many of a step's instances are in which state. */
function Bar({ counts, of }: { counts: [State, number][]; of: number }) {
  const done = counts.filter(([s]) => s !== "PENDING" && s !== "RUNNING").reduce((n, [, k]) => n + k, 0);
  return (
    <span class="bar" aria-hidden="true">
      <span class="count">{done === of ? of : `${done}/${of}`}</span>
      <span class="parts">{counts.map(([s, n]) => <i key={s} class={s.toLowerCase()} style={{ flexGrow: n }} />)}</span>
    </span>
  );
}

/** nearest is the box that lies next in a direction. */
function nearest(boxes: Box[], from: Box, [dx, dy]: [number, number]): Box | undefined {
  const centre = (b: Box) => [b.x + b.w / 2, b.y + Math.min(b.h, headHeight) / 2];
  const [fx, fy] = centre(from);
  let best: Box | undefined, shortest = Infinity;
  for (const b of boxes) {
    const [x, y] = centre(b), along = (x - fx) * dx + (y - fy) * dy, across = Math.abs((x - fx) * dy) + Math.abs((y - fy) * dx);
    if (b === from || along <= 4) continue;
    const d = along + 2.5 * across;
    if (d < shortest) {
      shortest = d;
      best = b;
    }
  }
  return best;
}

/** useDrag lets the mouse move the sheet; fingers scroll it anyway. */
function useDrag(box: { current: HTMLDivElement | null }) {
  const from = useRef<{ x: number; y: number; left: number; top: number } | null>(null);
  return {
    onPointerDown: (e: PointerEvent) => {
      const el = box.current!;
      if (e.pointerType !== "mouse" || e.button !== 0 || (e.target as Element).closest("button")) return;
      from.current = { x: e.clientX, y: e.clientY, left: el.scrollLeft, top: el.scrollTop };
      el.setPointerCapture(e.pointerId);
    },
    onPointerMove: (e: PointerEvent) => {
      if (!from.current) return;
      box.current!.scrollLeft = from.current.left - (e.clientX - from.current.x);
      box.current!.scrollTop = from.current.top - (e.clientY - from.current.y);
    },
    onPointerUp: () => { from.current = null; },
    onPointerCancel: () => { from.current = null; },
  };
}
