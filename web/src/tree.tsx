// The steps as a tree, for reading and for the keyboard: arrows move, fold and unfold, Enter shows a step.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Kind, Sign, took, useMovedFocus, useNow, useStable, useWindow, words } from "./common";
import type { Index, Item } from "./run";

interface Line { item: Item; depth: number; place: number; of: number }

const height = 30;

export function Tree({ index, selected, open, toggle, select }: {
  index: Index; selected: string; open: (path: string) => boolean; toggle: (path: string, to?: boolean) => void; select: (path: string) => void;
}) {
  const [filter, setFilter] = useState("");
  const [focus, setFocus] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const moved = useMovedFocus(box, "[tabindex='0']");
  const now = useNow(index.run?.summary.status === "RUNNING");
  const found = filter.trim().toLowerCase();
  const lines = useMemo(() => (found ? search(index, found) : unfolded(index.roots, open)), [index, open, found]);
  const { from, to } = useWindow(box, lines.length, height);
  const at = Math.max(0, lines.findIndex((l) => l.item.path === focus));

  const go = useStable((i: number) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, i))];
    if (!line) return;
    setFocus(line.item.path);
    const el = box.current!, top = lines.indexOf(line) * height;
    if (top < el.scrollTop) el.scrollTop = top;
    if (top + height > el.scrollTop + el.clientHeight) el.scrollTop = top + height - el.clientHeight;
    moved.current = line.item.path !== focus;
  });

  const key = (e: KeyboardEvent) => {
    const line = lines[at];
    if (!line) return;
    const { item } = line, folds = item.children.length > 0 && !found;
    switch (e.key) {
      case "ArrowDown": go(at + 1); break;
      case "ArrowUp": go(at - 1); break;
      case "Home": go(0); break;
      case "End": go(lines.length - 1); break;
      case "ArrowRight":
        if (folds && !open(item.path)) toggle(item.path, true);
        else if (folds) go(at + 1);
        break;
      case "ArrowLeft":
        if (folds && open(item.path)) toggle(item.path, false);
        else go(lines.findLastIndex((l, i) => i < at && l.depth < line.depth));
        break;
      case "Enter": select(item.path); break;
      case " ": if (folds) toggle(item.path); else select(item.path); break;
      default: return;
    }
    e.preventDefault();
  };

  useEffect(() => {
    if (!selected) return;
    const i = lines.findIndex((l) => l.item.path === selected), el = box.current;
    if (i < 0 || !el) return;
    if (i * height < el.scrollTop || (i + 1) * height > el.scrollTop + el.clientHeight) el.scrollTop = i * height - el.clientHeight / 2;
  }, [selected]);

  return (
    <div class="tree">
      <label class="find">
        <span class="hidden">Find a step</span>
        <input type="search" placeholder="Find a step" value={filter} onInput={(e) => setFilter(e.currentTarget.value)} />
      </label>
      <div class="rows" ref={box} role="tree" aria-label="Steps" onKeyDown={key}>
        <div role="presentation" style={{ height: `${lines.length * height}px` }}>
          {lines.slice(from, to).map((line, i) => (
            <Row key={line.item.path} line={line} top={(from + i) * height} now={now} current={line.item.path === selected || (!!selected && line.item.fixed === selected)} focusable={from + i === at}
              open={line.item.children.length > 0 && !found ? open(line.item.path) : undefined} toggle={toggle} focus={setFocus} select={(p) => { setFocus(p); select(p); }} whole={!!found} />
          ))}
        </div>
      </div>
      {lines.length === 0 && <p class="empty">No step has that in its name.</p>}
    </div>
  );
}

function Row({ line, top, now, current, focusable, open, toggle, focus, select, whole }: {
  line: Line; top: number; now: number; current: boolean; focusable: boolean; open?: boolean; toggle: (path: string) => void; focus: (path: string) => void; select: (path: string) => void; whole: boolean;
}) {
  const { item } = line;
  const time = item.state === "PENDING" ? "" : took((item.state === "RUNNING" ? now : item.ended) - item.started);
  const tries = item.attempts.length > 1 ? `, ${item.attempts.length} attempts` : "";
  const name = item.kind === "item" || item.kind === "iteration" ? `${item.kind} ${item.name}` : item.name;
  return (
    <div class={`row${current ? " current" : ""}`} role="treeitem" tabIndex={focusable ? 0 : -1} aria-level={line.depth + 1} aria-posinset={line.place} aria-setsize={line.of} aria-expanded={open}
      aria-selected={current} style={{ top: `${top}px`, height: `${height}px`, paddingLeft: `${8 + line.depth * 16}px` }}
      onFocus={() => focus(item.path)} onClick={() => select(item.path)}>
      <span class="fold" aria-hidden="true" onClick={(e) => { if (open !== undefined) { e.stopPropagation(); toggle(item.path); } }}>
        {open !== undefined && <svg viewBox="0 0 10 10" width="10" height="10" class={open ? "open" : ""}><path d="M3 1.5 7 5 3 8.5" /></svg>}
      </span>
      <Sign state={item.state} />
      <Kind kind={item.kind} />
      <span class="name" title={item.path}>{whole ? item.path : name}</span>
      <span class="hidden">{`${item.kind}, ${words[item.state]}${tries}${time || item.handled ? ", " : ""}`}</span>
      <span class="side">{item.handled && "handled "}{item.kept ? "kept" : time}{item.attempts.length > 1 && <span aria-hidden="true"> ×{item.attempts.length}</span>}</span>
    </div>
  );
}

function unfolded(roots: Item[], open: (path: string) => boolean): Line[] {
  const out: Line[] = [];
  const walk = (items: Item[], depth: number) => items.forEach((item, i) => {
    out.push({ item, depth, place: i + 1, of: items.length });
    if (item.children.length > 0 && open(item.path)) walk(item.children, depth + 1);
  });
  walk(roots, 0);
  return out;
}

function search(index: Index, text: string): Line[] {
  const found = [...index.items.values()].filter((i) => i.node && i.path.toLowerCase().includes(text)).slice(0, 5000);
  return found.map((item, i) => ({ item, depth: 0, place: i + 1, of: found.length }));
}
