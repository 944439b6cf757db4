// Coordinates for a graph whose rows the program has found: the same work as package layout (Place) and package
// drawing (arrange) do in Go, done here anew whenever something folds or unfolds. test/layout.test.mjs holds the two
// together.
import type { Graph, GraphNode, Group } from "./model";

export interface Point { x: number; y: number }
export interface Size { w: number; h: number }

export const padding = 14, headHeight = 44, titleHeight = 24, groupGap = 14;
const column = 28, row = 38, bend = 12, mostWidth = 248, passes = 12;

export interface Box extends Point, Size { node: GraphNode; open: boolean; depth: number }
export interface Frame extends Point, Size { group: Group; of: GraphNode }
export interface Line { points: Point[]; failure: boolean }
export interface Scene extends Size { boxes: Box[]; frames: Frame[]; lines: Line[] }

/** scene places a graph and what is inside its open composites; outer boxes come before inner ones. */
export function scene(g: Graph, open: (path: string) => boolean): Scene {
  const out: Scene = { w: 0, h: 0, boxes: [], frames: [], lines: [] };
  const whole = arrange(g, open);
  out.w = whole.w;
  out.h = whole.h;
  flatten(whole, 0, 0, 0, out);
  return out;
}

interface Area extends Size { places: Place[]; lines: Line[] }
interface Place extends Point, Size { node: GraphNode; groups: Placed[] }
interface Placed extends Point, Size { group: Group; innerX: number; innerY: number; area: Area }

function flatten(a: Area, x: number, y: number, depth: number, out: Scene): void {
  for (const l of a.lines) out.lines.push({ failure: l.failure, points: l.points.map((p) => ({ x: p.x + x, y: p.y + y })) });
  for (const p of a.places) {
    out.boxes.push({ node: p.node, open: p.groups.length > 0, x: p.x + x, y: p.y + y, w: p.w, h: p.h, depth });
    for (const g of p.groups) {
      const gx = x + p.x + g.x, gy = y + p.y + g.y;
      if (g.group.title) out.frames.push({ group: g.group, of: p.node, x: gx, y: gy, w: g.w, h: g.h });
      flatten(g.area, gx + g.innerX, gy + g.innerY, depth + 1, out);
    }
  }
}

function arrange(g: Graph, open: (path: string) => boolean): Area {
  const places = g.nodes.map((n) => arrangeNode(n, open));
  if (!g.rows) {
    const { at, w, h } = grid(places, column);
    places.forEach((p, i) => Object.assign(p, at[i]));
    return { w, h, places, lines: [] };
  }
  const placed = place(g, places);
  places.forEach((p, i) => {
    p.x = placed.centres[i].x - half(p.w);
    p.y = placed.centres[i].y - half(p.h);
  });
  return { w: placed.w, h: placed.h, places, lines: placed.lines.map((points, i) => ({ points, failure: !!g.edges![i].failure })) };
}

function arrangeNode(node: GraphNode, open: (path: string) => boolean): Place {
  const out: Place = { node, x: 0, y: 0, w: node.w, h: node.h, groups: [] };
  if (!node.groups?.length || !open(node.path)) return out;
  out.groups = node.groups.map((group) => {
    const area = arrange(group.graph, open);
    const p: Placed = { group, area, x: 0, y: 0, w: area.w, h: area.h, innerX: 0, innerY: 0 };
    if (group.title) {
      p.w = Math.max(area.w + 2 * padding, group.w);
      p.h = area.h + titleHeight + half(padding) + padding;
      p.innerX = half(p.w - area.w);
      p.innerY = titleHeight + half(padding);
    }
    return p;
  });
  const { at, w, h } = grid(out.groups, groupGap);
  out.w = Math.max(w + 2 * padding, node.w);
  out.h = headHeight + h + padding;
  out.groups.forEach((g, i) => {
    g.x = half(out.w - w) + at[i].x;
    g.y = headHeight + at[i].y;
  });
  return out;
}

function grid(sizes: Size[], gap: number): Size & { at: Point[] } {
  let widest = 0, space = 0;
  for (const s of sizes) {
    widest = Math.max(widest, s.w);
    space += (s.w + gap) * (s.h + gap);
  }
  const limit = Math.max(widest, 3 * (mostWidth + gap), Math.floor(Math.sqrt(2 * space)));
  let x = 0, y = 0, height = 0, w = 0, h = 0;
  const at = sizes.map((s) => {
    if (x > 0 && x + s.w > limit) {
      y += height + gap;
      x = height = 0;
    }
    const p = { x, y };
    x += s.w + gap;
    height = Math.max(height, s.h);
    w = Math.max(w, x - gap);
    h = y + height;
    return p;
  });
  return { at, w, h };
}

type Neighbour = [cell: number, weight: number];

/** place gives coordinates to rows; see layout.Place for why it works as it does. */
function place(g: Graph, sizes: Size[]): Size & { centres: Point[]; lines: Point[][] } {
  const n = g.nodes.length, cells = g.cells ?? n, rows = g.rows!, chains = g.chains!, edges = g.edges!;
  const width = Array.from({ length: cells }, (_, i) => (i < n ? sizes[i].w : bend));
  const up: Neighbour[][] = Array.from({ length: cells }, () => []), down: Neighbour[][] = Array.from({ length: cells }, () => []);
  chains.forEach((chain, i) => {
    const w = Math.max(1, edges[i].weight);
    for (let k = 1; k < chain.length; k++) {
      const [from, to] = [chain[k - 1], chain[k]];
      const along = from >= n && to >= n ? 8 * w : w;
      down[from].push([to, along]);
      up[to].push([from, along]);
    }
  });
  const x = new Array<number>(cells).fill(0);
  for (const r of rows) align(r, width, x, () => [0, 1]);
  for (let pass = 0; pass < passes; pass++) {
    if (pass % 2 === 0) for (let r = 1; r < rows.length; r++) align(rows[r], width, x, wanted(up, x));
    else for (let r = rows.length - 2; r >= 0; r--) align(rows[r], width, x, wanted(down, x));
  }
  let left = Infinity, right = -Infinity;
  x.forEach((at, i) => {
    left = Math.min(left, at - half(width[i]));
    right = Math.max(right, at + half(width[i] + 1));
  });
  const middle: number[] = [], halves: number[] = [], centres: Point[] = [];
  let top = 0;
  rows.forEach((r, k) => {
    if (k > 0) top += row;
    let height = 0;
    for (const c of r) if (c < n) height = Math.max(height, sizes[c].h);
    for (const c of r) {
      x[c] -= left;
      middle[c] = top + half(height);
      halves[c] = half(height);
      if (c < n) centres[c] = { x: x[c], y: middle[c] };
    }
    top += height;
  });
  const lines = chains.map((chain) => {
    const from = chain[0], to = chain[chain.length - 1];
    const points = [{ x: x[from], y: middle[from] - half(sizes[from].h) + sizes[from].h }];
    for (const c of chain.slice(1, -1)) points.push({ x: x[c], y: middle[c] - halves[c] }, { x: x[c], y: middle[c] + halves[c] });
    points.push({ x: x[to], y: middle[to] - half(sizes[to].h) });
    return points;
  });
  return { w: right - left, h: top, centres, lines };
}

function wanted(beside: Neighbour[][], x: number[]): (cell: number) => [number, number] {
  return (cell) => {
    let sum = 0, weight = 0;
    for (const [b, w] of beside[cell]) {
      sum += w * x[b];
      weight += w;
    }
    return weight === 0 ? [x[cell], 1] : [Math.floor(sum / weight), weight];
  };
}

function align(cells: number[], width: number[], x: number[], want: (cell: number) => [number, number]): void {
  const blocks: { sum: number; weight: number; cells: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  cells.forEach((cell, i) => {
    if (i > 0) offset += half(width[cells[i - 1]] + width[cell]) + column;
    offsets[i] = offset;
    const [at, weight] = want(cell);
    let b = { sum: (at - offset) * weight, weight, cells: 1 };
    while (blocks.length > 0) {
      const last = blocks[blocks.length - 1];
      if (Math.floor(last.sum / last.weight) < Math.floor(b.sum / b.weight)) break;
      b = { sum: b.sum + last.sum, weight: b.weight + last.weight, cells: b.cells + last.cells };
      blocks.pop();
    }
    blocks.push(b);
  });
  let i = 0;
  for (const b of blocks) for (let k = 0; k < b.cells; k++, i++) x[cells[i]] = Math.floor(b.sum / b.weight) + offsets[i];
}

const half = (n: number) => Math.trunc(n / 2);

/** curve is a smooth line through points, which leaves and meets them from above. */
export function curve(points: Point[]): string {
  let d = `M${points[0].x} ${points[0].y}`;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1], b = points[i];
    const m = a.y + half(b.y - a.y);
    d += a.x === b.x ? `V${b.y}` : `C${a.x} ${m} ${b.x} ${m} ${b.x} ${b.y}`;
  }
  return d;
}
