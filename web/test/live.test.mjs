// The live page in a real browser: a run that goes on, and who may ask.
import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { before, test } from "node:test";
import { folder, open, serve, soon, start, tool } from "./setup.mjs";

// Each step waits for a file, so that the test says when the run goes on. Branches work in folders of their own (docs/semantics.md),
// so the files that the test makes meanwhile are named by their whole paths.
const gated = (dir) => `
dag:
  name: gated
  steps:
    first: {type: task, command_type: shell, command: "echo begun; while [ ! -e go-first ]; do sleep 0.05; done; echo one"}
    each:
      type: map
      iterate_on: xs
      iterate_as: x
      branch:
        steps:
          work: {type: task, command_type: shell, command: "tail -n +1 -f ${dir}/more & while [ ! -e ${dir}/go-each ]; do sleep 0.05; done; kill $!; test $x != 2"}
`;

let dir, url;

before(async () => {
  dir = folder();
  writeFileSync(join(dir, "pipeline.yaml"), gated(dir));
  writeFileSync(join(dir, "parameters.yaml"), "xs: [1, 2, 3]\n");
  writeFileSync(join(dir, "more"), "line one\n");
  url = await serve(dir);
});

test("a run is seen as it goes on, without asking", async () => {
  const { page, seen } = await open(url);
  await page.getByText("No runs yet").waitFor();
  const run = await start(dir, "run", "-p", "parameters.yaml", "--run-id", "r", "-j", "4");
  await page.getByRole("link", { name: "r", exact: true }).click();
  const item = (name) => page.getByRole("treeitem", { name });
  await item(/^first shell, running/).waitFor();
  await soon(async () => assert.match(await page.locator(".headline").textContent(), /running/));
  writeFileSync(join(dir, "go-first"), "");
  await item(/^first shell, succeeded/).waitFor();
  await item(/^each map, running/).waitFor();
  await soon(async () => assert.match(await page.locator('.graph .node.running .head[data-path="each.*.work"]').textContent(), /3 running/));
  await soon(async () => assert.match(await page.locator(".run > [aria-live]").textContent(), /first succeeded/));

  // the log of a step that runs grows before the reader
  await page.goto(`${url}#/run/r/steps?at=each.0.work`);
  const log = page.getByRole("complementary").locator(".log");
  await log.getByText("line one").waitFor();
  appendFileSync(join(dir, "more"), "line two\n");
  await log.getByText("line two").waitFor();

  writeFileSync(join(dir, "go-each"), "");
  await page.locator(".headline .pill.fail").waitFor();
  await run.ended;
  await soon(async () => assert.match(await page.locator(".run > .failure").textContent(), /each\.1\.work/));
  await page.getByText("the run failed", { exact: false }).first().waitFor({ state: "attached" });
  assert.deepEqual(seen.errors, []);
  assert.equal(seen.requests.every((r) => r.startsWith(url)), true);
});

test("the list filters, sorts and compares", async () => {
  await tool(dir, "run", "-p", "parameters.yaml", "--run-id", "s", "--param", "xs=[1,3]", "--tag", "small");
  const { page } = await open(url);
  await page.getByRole("link", { name: "s", exact: true }).waitFor();
  const rows = (want) => soon(async () => assert.equal(await page.locator(".runs .rows .row").count(), want));
  await rows(2);
  await page.getByRole("searchbox").fill("small");
  await rows(1);
  await page.getByRole("searchbox").fill("");
  await page.getByRole("combobox", { name: "Status" }).selectOption("FAIL");
  await rows(1);
  await page.getByRole("combobox", { name: "Status" }).selectOption("");
  const first = (want) => soon(async () => assert.equal(await page.locator(".runs .rows .row a").first().textContent(), want));
  await first("s");
  await page.getByRole("button", { name: /^Started/ }).click();
  await first("r");
  for (const id of ["r", "s"]) await page.getByRole("checkbox", { name: `Compare ${id}` }).check();
  await page.getByRole("link", { name: "Compare 2" }).click();
  assert.match(await page.locator(".heads tr", { hasText: "xs" }).first().textContent(), /\[1,2,3\]\[1,3\]/);
});

const ask = (path, headers) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(url);
  const call = request({ hostname, port, path, headers }, (answer) => { answer.resume(); resolve(answer.statusCode); });
  call.on("error", reject).end();
});

test("foreign hosts and origins are refused", async () => {
  assert.equal(await ask("/api/runs", {}), 200);
  assert.equal(await ask("/api/runs", { Host: "evil.example" }), 403);
  assert.equal(await ask("/", { Host: "evil.example" }), 403);
  assert.equal(await ask("/api/runs", { Origin: "https://evil.example" }), 403);
  assert.equal(await ask("/api/events", { Origin: "null" }), 403);
});

test("another page in the same browser gets nothing", async () => {
  const { page } = await open("data:text/html,<p>elsewhere</p>");
  const got = await page.evaluate((u) => fetch(`${u}api/runs`).then((r) => r.text(), () => "refused"), url);
  assert.equal(got, "refused");
  await page.setContent(`<iframe src="${url}"></iframe>`);
  const frame = page.frames().find((f) => f !== page.mainFrame());
  assert.equal(await frame?.locator("#app").count() ?? 0, 0);
});
