// A run's steps as a tree: what the definition has, with what the facts tell of each instance.
import type { Graph, GraphNode, Run, Span, Status } from "./model";

export type State = Status | "PENDING";

/** Item is a line of the tree: a step, or a branch, item or iteration inside a composite. */
export interface Item {
  path: string; // of the run: numbers in place of *
  fixed: string; // of the definition
  name: string;
  kind: string; // of a step; "branch", "item" or "iteration"
  node?: GraphNode; // of a step
  state: State;
  attempts: Span[];
  message: string;
  failure: string;
  kept: boolean;
  handled: boolean;
  started: number; // milliseconds; NaN: not known
  ended: number;
  children: Item[];
  leaves: number;
}

/** Index answers what a run holds. */
export class Index {
  readonly nodes = new Map<string, GraphNode>(); // by path of the definition
  readonly items = new Map<string, Item>(); // by path of the run
  readonly byFixed = new Map<string, Item[]>(); // the instances of a step
  readonly roots: Item[];
  private members = new Map<string, Set<string>>(); // what is seen below a path of the run

  constructor(graph: Graph, readonly run?: Run) {
    this.learn(graph);
    const known = new Map(run?.summary.steps.map((s) => [s.path, s]));
    const spans = new Map<string, Span[]>();
    for (const s of run?.timeline.attempts ?? []) {
      const list = spans.get(s.path);
      if (list) list.push(s);
      else spans.set(s.path, [s]);
    }
    for (const path of [...known.keys(), ...spans.keys()]) this.note(path);
    this.roots = this.steps(graph, "", "", known, spans);
  }

  private learn(g: Graph): void {
    for (const n of g.nodes) {
      this.nodes.set(n.path, n);
      for (const sub of n.groups ?? []) this.learn(sub.graph);
    }
  }

  private note(path: string): void {
    for (let cut = path.lastIndexOf("."); cut >= 0; cut = path.lastIndexOf(".")) {
      const above = path.slice(0, cut), name = path.slice(cut + 1);
      let set = this.members.get(above);
      if (!set) this.members.set(above, (set = new Set()));
      else if (set.has(name)) return;
      set.add(name);
      path = above;
    }
  }

  private steps(g: Graph, path: string, fixed: string, known: Map<string, Run["summary"]["steps"][number]>, spans: Map<string, Span[]>): Item[] {
    const out: Item[] = [];
    for (const n of g.nodes) {
      if (n.kind === "bundle") {
        for (const sub of n.groups!) out.push(...this.steps(sub.graph, path, fixed, known, spans));
        continue;
      }
      const at = path === "" ? n.name : `${path}.${n.name}`;
      const step = known.get(at), attempts = (spans.get(at) ?? []).sort((a, b) => a.attempt - b.attempt);
      const last = attempts[attempts.length - 1];
      const item: Item = {
        path: this.run ? at : n.path, fixed: n.path, name: n.name, kind: n.kind, node: n, attempts, message: step?.message ?? "", failure: step?.failure_kind ?? "",
        kept: !!step?.kept, handled: !!step?.handled, state: step?.status ?? "PENDING", started: time(step?.started), ended: time(step?.ended), children: [], leaves: 1,
      };
      if (last && (!step || last.attempt > step.attempts || last.status === "RUNNING")) {
        item.state = last.status;
        item.started = time(attempts[0].started);
        item.ended = last.status === "RUNNING" ? NaN : time(last.ended);
      }
      item.children = (n.groups ?? []).flatMap((sub) => this.group(n, sub.name, sub.graph, at, known, spans));
      if (n.groups?.length) this.sum(item, !!step);
      this.add(item);
      out.push(item);
    }
    return out;
  }

  private group(n: GraphNode, name: string, g: Graph, at: string, known: Map<string, Run["summary"]["steps"][number]>, spans: Map<string, Span[]>): Item[] {
    const fixed = `${n.path}.${name}`;
    let seen = [name];
    if (name === "*") {
      const items = [...(this.members.get(at) ?? [])].filter((m) => /^\d+$/.test(m)).sort((a, b) => +a - +b);
      if (items.length > 0) seen = items;
    }
    return seen.map((member) => {
      const path = `${at}.${member}`;
      const item: Item = {
        path, fixed, name: member, kind: name !== "*" ? "branch" : n.kind === "loop" ? "iteration" : "item", state: "PENDING", attempts: [], message: "",
        failure: "", kept: false, handled: false, started: NaN, ended: NaN, children: this.steps(g, path, fixed, known, spans), leaves: 0,
      };
      this.sum(item, false);
      this.add(item);
      return item;
    });
  }

  /** sum tells of a group what its parts tell. */
  private sum(item: Item, told: boolean): void {
    item.leaves = item.children.reduce((n, c) => n + c.leaves, 0);
    for (const c of item.children) {
      if (!(c.started >= item.started)) item.started = Number.isNaN(c.started) ? item.started : c.started;
      if (!(c.ended <= item.ended)) item.ended = Number.isNaN(c.ended) ? item.ended : c.ended;
    }
    if (!told) item.state = worst(item.children.map((c) => (c.handled ? "SUCCESS" : c.state)));
    if (item.state === "RUNNING" && this.run?.summary.status === "INTERRUPTED") item.state = "INTERRUPTED";
    if (item.state === "RUNNING") item.ended = NaN;
  }

  private add(item: Item): void {
    this.items.set(item.path, item);
    const list = this.byFixed.get(item.fixed);
    if (list) list.push(item);
    else this.byFixed.set(item.fixed, [item]);
  }

  /** find returns the instances that a path of the run, or of the definition, stands for. */
  find(path: string): Item[] {
    const one = this.items.get(path);
    return one ? [one] : (this.byFixed.get(path) ?? []);
  }
}

const order: State[] = ["RUNNING", "FAIL", "INTERRUPTED", "SUCCESS", "CACHED"];

/** worst is what a group's parts come to. */
export function worst(states: State[]): State {
  for (const s of order) if (states.includes(s)) return s;
  return "PENDING";
}

/** tally counts states, the most pressing first. */
export function tally(items: Item[]): [State, number][] {
  const counts = new Map<State, number>();
  for (const i of items) counts.set(i.state, (counts.get(i.state) ?? 0) + 1);
  return [...order, "PENDING" as State].filter((s) => counts.has(s)).map((s) => [s, counts.get(s)!]);
}

export function time(text: string | null | undefined): number {
  if (!text || text.startsWith("0001-")) return NaN;
  return Date.parse(text);
}
