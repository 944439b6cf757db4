// What the browser tests share: the program, runs made by it, its server, and a browser.
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

export const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const ends = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

/** folder makes an empty folder that goes when the file's tests end. */
export function folder() {
  const dir = mkdtempSync(join(tmpdir(), "web-test-"));
  ends.push(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

let built;

/** program is the path of the program: PROGRAM, or what is built of the sources. */
export function program() {
  built ??= process.env.PROGRAM ? Promise.resolve(process.env.PROGRAM) : build();
  return built;
}

async function build() {
  const file = join(folder(), "runnable-render");
  await promisify(execFile)("go", ["build", "-trimpath", "-o", file, "./cmd/runnable-render"], { cwd: here("../.."), env: { ...process.env, CGO_ENABLED: "0" } });
  return file;
}

/** tool runs the program in a folder and returns what it printed; a pipeline that fails is no error. */
export async function tool(dir, ...args) {
  try {
    return (await promisify(execFile)(await program(), args, { cwd: dir, maxBuffer: 1 << 28 })).stdout;
  } catch (e) {
    if (e.code === 1) return e.stdout;
    throw new Error(`${args.join(" ")}: ${e.stderr ?? e}`);
  }
}

/** demo is a folder with the pipeline of the pictures. */
export function demo() {
  const dir = folder();
  cpSync(here("../demo"), dir, { recursive: true });
  return dir;
}

/** pipeline is a folder with a pipeline of these lines. */
export function pipeline(text) {
  const dir = folder();
  writeFileSync(join(dir, "pipeline.yaml"), text);
  return dir;
}

/** serve starts the program's server for a folder's store and returns its address. */
export async function serve(dir) {
  const child = spawn(await program(), ["ui", "--address", "127.0.0.1:0"], { cwd: dir, stdio: ["ignore", "pipe", "ignore"] });
  ends.push(() => child.kill());
  for await (const line of createInterface(child.stdout)) return line.trim();
  throw new Error("the server says no address");
}

/** start starts the program without waiting for its end; kill ends it if the test has not. */
export async function start(dir, ...args) {
  const child = spawn(await program(), args, { cwd: dir, stdio: "ignore" });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  ends.push(() => child.kill("SIGKILL"));
  return { ended };
}

/** soon asserts again until it holds: the page follows what a reader does a moment later. */
export async function soon(assertion) {
  for (const end = Date.now() + 60_000; ; await new Promise((next) => setTimeout(next, 20))) {
    try {
      return await assertion();
    } catch (e) {
      if (Date.now() > end) throw e;
    }
  }
}

let browser;

/** open opens an address in a page of its own and notes what goes wrong in it. That the machine got or lost a network
 * interface, as when containers start beside, is nothing of the page's: it asks again. */
export async function open(url, { phone = false, dark = false, offline = false, reduced = false } = {}) {
  if (!browser) {
    browser = chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
    ends.push(async () => (await browser).close());
  }
  const context = await (await browser).newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 }, hasTouch: phone, isMobile: phone,
    colorScheme: dark ? "dark" : "light", reducedMotion: reduced ? "reduce" : "no-preference", offline,
  });
  ends.push(() => context.close());
  context.setDefaultTimeout(90_000); // a machine may be busy; nothing here waits for a time to pass
  const page = await context.newPage();
  const seen = { dialogs: [], errors: [], requests: [] };
  page.on("dialog", (d) => { seen.dialogs.push(d.message()); void d.dismiss(); });
  page.on("pageerror", (e) => seen.errors.push(e.message));
  page.on("console", (m) => { if (m.type() === "error" && !m.text().includes("ERR_NETWORK_CHANGED")) seen.errors.push(m.text()); });
  page.on("request", (r) => seen.requests.push(r.url()));
  await page.goto(url);
  return { page, seen };
}

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
