// Where the page gets what it shows: out of itself, or from the program that serves it.
import type { Attempt, Comparison, Document, Entry, Run } from "./model";

export interface Source {
  readonly live: boolean;
  readonly document: Document;
  runs(): Promise<Entry[]>;
  run(id: string): Promise<Run>;
  attempt(run: string, path: string, attempt: number): Promise<Attempt>;
  compare(ids: string[]): Promise<Comparison>;
  /** watch calls back when the list, or the run, has changed; it returns what ends it. */
  watch(run: string | null, changed: () => void, connected: (yes: boolean) => void): () => void;
}

/** Embedded is a report: all is in the page. */
export class Embedded implements Source {
  readonly live = false;
  constructor(readonly document: Document) {}

  async runs(): Promise<Entry[]> {
    return (this.document.runs ?? []).map(({ summary: s }) => ({
      run_id: s.run_id, pipeline: s.pipeline, target: s.target, status: s.status, tags: s.tags, started: s.started, ended: s.ended, failed_step: s.failure?.step,
    }));
  }

  async run(id: string): Promise<Run> {
    const run = this.document.runs?.find((r) => r.summary.run_id === id);
    if (!run) throw new Error(`the report holds no run ${id}`);
    return run;
  }

  async attempt(run: string, path: string, attempt: number): Promise<Attempt> {
    return (await this.run(run)).attempts?.[`${path}#${attempt}`] ?? {};
  }

  async compare(): Promise<Comparison> {
    if (!this.document.comparison) throw new Error("the report holds one run alone");
    return this.document.comparison;
  }

  watch(): () => void {
    return () => {};
  }
}

/** Live asks the program that serves the page. */
export class Live implements Source {
  readonly live = true;
  constructor(readonly document: Document) {}

  runs(): Promise<Entry[]> {
    return ask("api/runs");
  }
  run(id: string): Promise<Run> {
    return ask(`api/run?${new URLSearchParams({ run: id })}`);
  }
  attempt(run: string, path: string, attempt: number): Promise<Attempt> {
    return ask(`api/attempt?${new URLSearchParams({ run, path, attempt: String(attempt) })}`);
  }
  compare(ids: string[]): Promise<Comparison> {
    return ask(`api/compare?${new URLSearchParams(ids.map((id) => ["run", id]))}`);
  }

  watch(run: string | null, changed: () => void, connected: (yes: boolean) => void): () => void {
    const events = new EventSource(`api/events${run === null ? "" : `?${new URLSearchParams({ run })}`}`);
    events.addEventListener("changed", changed);
    events.addEventListener("open", () => connected(true));
    events.addEventListener("error", () => connected(false));
    return () => events.close();
  }
}

async function ask<T>(url: string): Promise<T> {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error((await answer.text()).trim() || `${answer.status} ${answer.statusText}`);
  return answer.json();
}
