// The forms of what the program tells the page: report.Document and what it holds, in Go.

export type Status = "SUCCESS" | "FAIL" | "CACHED" | "RUNNING" | "INTERRUPTED";

export interface Document {
  version: number;
  program: string;
  made: string;
  live?: boolean;
  title?: string; // of a definition without a run
  graph?: Graph; // likewise
  runs?: Run[];
  comparison?: Comparison;
}

export interface Run {
  summary: Summary;
  graph: Graph;
  timeline: Timeline;
  course?: Series[];
  declared?: Declared[];
  initial?: Value[];
  final?: Value[];
  code?: Record<string, string[]>;
  files?: { path: string; step: string; size: number; sha256: string }[]; // that the steps put
  attempts?: Record<string, Attempt>; // by "path#number"; in a report
}

export interface Summary {
  run_id: string;
  pipeline: string;
  target: string;
  tags?: string[];
  status: Status;
  started: string;
  ended: string;
  steps: Step[];
  failure?: { step: string; kind: string; message: string };
  store: string;
  commands?: { logs: string; retry?: string };
}

export interface Step {
  path: string;
  kind: string;
  command_type?: string;
  status: Status;
  attempts: number;
  started: string | null;
  ended: string | null;
  message: string;
  failure_kind?: string;
  kept?: boolean;
  handled?: boolean; // it failed, and its graph went on to success
}

export interface Timeline {
  started: string;
  ended: string;
  attempts: Span[];
}

export interface Span {
  path: string;
  attempt: number;
  kind: string;
  status: Status;
  failure_kind?: string;
  ready: string;
  started: string;
  ended: string;
  after?: string;
  critical?: boolean;
}

export interface Series {
  name: string;
  points: { run_id: string; step?: string; at: string; value: number }[];
}

export interface Attempt {
  inputs?: Value[];
  returns?: Value[];
  files?: File[];
  code?: Record<string, string>;
  failure?: { step: string; kind: string; message: string; exit_code?: number };
  log?: Log;
}

/** Declared is what a definition says of a parameter. */
export interface Declared {
  name: string;
  type?: string;
  help?: string;
  values: string; // what holds where none is given, and which there may be
}

export interface Value {
  name: string;
  kind?: string;
  text: string; // JSON
  cut?: boolean; // there is more of it
  sha256: string;
  size: number;
}

export interface File {
  path: string;
  sha256: string;
  size: number;
  stage: string;
  item?: string;
}

export interface Log {
  text: string;
  size: number; // of the whole in bytes
  skipped?: number; // bytes before the text
}

export interface Graph {
  nodes: GraphNode[];
  edges?: { from: number; to: number; failure?: boolean; weight: number }[];
  rows?: number[][];
  chains?: number[][];
  cells?: number;
}

export interface GraphNode {
  path: string;
  name: string;
  kind: string;
  detail?: string;
  facts?: Fact[];
  w: number;
  h: number;
  groups?: Group[];
  count?: number;
}

export interface Group {
  name: string;
  title?: string;
  w: number;
  graph: Graph;
}

export interface Fact {
  label: string;
  text: string;
  code?: boolean;
}

export interface Comparison {
  runs: { run_id: string; pipeline: string; target: string; tags?: string[]; status: Status; started: string; seconds: number }[];
  parameters: Row[];
  metrics: Row[];
  results: Row[];
  files: Row[];
  code: Row[];
  steps: Row[];
}

export interface Row {
  name: string;
  values: (string | null)[]; // JSON texts
  differ: boolean;
}

export interface Entry {
  run_id: string;
  pipeline: string;
  target: string;
  status: Status;
  tags?: string[];
  started: string;
  ended?: string;
  failed_step?: string;
  metrics?: { name: string; value: number }[];
}
