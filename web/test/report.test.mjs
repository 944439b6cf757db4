// A report in a real browser, from a file, without a network.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { before, test } from "node:test";
import { demo, open, soon, tool } from "./setup.mjs";

const at = {};

before(async () => {
  const dir = demo();
  await tool(dir, "run", "-p", "parameters.yaml", "--run-id", "good");
  await tool(dir, "run", "-p", "parameters.yaml", "--run-id", "better", "--param", "rate=0.08");
  await tool(dir, "run", "-p", "parameters.yaml", "--run-id", "best", "--param", "rate=0.1");
  await tool(dir, "run", "-p", "parameters.yaml", "--run-id", "bad", "--param", "channel=production");
  await tool(dir, "report", "good", "-o", "good.html");
  await tool(dir, "report", "bad", "-o", "bad.html");
  await tool(dir, "report", "good", "better", "best", "-o", "all.html");
  await tool(dir, "graph", "--format", "html", "-o", "definition.html");
  await tool(dir, "graph", "--format", "html", "--target", "argo", "--image", "app:1", "-p", "parameters.yaml", "-o", "argo.html");
  for (const name of ["good", "bad", "all", "definition", "argo"]) {
    at[name] = pathToFileURL(join(dir, `${name}.html`)).href;
    at[`${name}File`] = join(dir, `${name}.html`);
  }
});

const clean = ({ dialogs, errors, requests }, url) => {
  assert.deepEqual(dialogs, []);
  assert.deepEqual(errors, []);
  assert.deepEqual(requests.filter((r) => r !== url && !r.startsWith("data:")), []);
};

test("a file without a network shows the run", async () => {
  const { page, seen } = await open(at.good, { offline: true });
  assert.match(await page.locator("h1").textContent(), /churn-model/);
  assert.match(await page.locator(".headline").textContent(), /succeeded/);
  await soon(async () => assert.equal(await page.locator(".graph .node").count() > 8, true));
  await soon(async () => assert.equal(await page.getByRole("treeitem").count() > 20, true));
  clean(seen, at.good);
});

test("composites fold and unfold, by mouse and by keyboard", async () => {
  const { page } = await open(at.good);
  const head = page.locator('.graph .head[data-path="features"]'), inner = page.locator('.graph .head[data-path="features.*.clean"]');
  await soon(async () => assert.equal(await head.getAttribute("aria-expanded"), "true"));
  await page.getByRole("button", { name: "Fold features" }).click();
  await inner.waitFor({ state: "detached" });
  await soon(async () => assert.equal(await head.getAttribute("aria-expanded"), "false"));
  await head.focus();
  await page.keyboard.press("Space");
  await inner.waitFor();
  await page.keyboard.press("ArrowDown");
  await soon(async () => assert.equal(await page.evaluate(() => document.activeElement.dataset.path), "features.*.clean"));

  const item = page.getByRole("treeitem", { name: /^features map/ });
  await item.focus();
  await page.keyboard.press("ArrowLeft");
  await soon(async () => assert.equal(await item.getAttribute("aria-expanded"), "false"));
  await soon(async () => assert.equal(await page.getByRole("treeitem", { name: /^item 0/ }).count(), 0));
  await page.keyboard.press("ArrowRight");
  await soon(async () => assert.equal(await item.getAttribute("aria-expanded"), "true"));
  await page.keyboard.press("ArrowRight");
  await soon(async () => assert.match(await page.evaluate(() => document.activeElement.textContent), /^item 0/));
});

test("a failed step shows why, with its log in colour, and the log is searched", async () => {
  const { page, seen } = await open(at.bad);
  await page.locator(".run > .failure a").click();
  const panel = page.getByRole("complementary");
  await panel.waitFor();
  await soon(async () => assert.match(await panel.textContent(), /exit code 3/));
  assert.equal(await panel.locator(".log .ansi-red").first().textContent(), "error:");
  assert.equal((await panel.locator(".log").textContent()).includes("\x1b"), false);
  await panel.getByRole("searchbox", { name: "Search the log" }).fill("LIMIT");
  assert.equal(await panel.locator("mark").textContent(), "limit");
  await soon(async () => assert.match(await panel.getByRole("status").textContent(), /1 of 1/));
  await panel.getByRole("checkbox", { name: "only these" }).check();
  await soon(async () => assert.equal(await panel.locator(".log .line").count(), 1));
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  clean(seen, at.bad);
});

test("a step shows attempts, inputs, returns and files by hash", async () => {
  const { page } = await open(`${at.good}#/run/good/steps?at=features.2.encode`);
  const panel = page.getByRole("complementary");
  await soon(async () => assert.equal(await panel.getByRole("group", { name: "Attempts" }).getByRole("button").count(), 2));
  await panel.getByRole("button", { name: "attempt 1" }).click();
  await panel.getByText("the feature store closed the connection").first().waitFor();
  await page.goto(`${at.good}#/run/good/steps?at=fetch`);
  await panel.getByText("data/north.csv").first().waitFor();
  assert.match(await panel.locator(".section", { has: page.getByRole("heading", { name: /^Files/ }) }).textContent(), /[0-9a-f]{12}/);
  await soon(async () => assert.match(await panel.locator(".values").first().textContent(), /regions/));
  await soon(async () => assert.match(await panel.locator(".source pre").textContent(), /^printf/));
});

test("a step of a map shows its instances, the failed first", async () => {
  const { page } = await open(`${at.good}#/run/good/steps?at=features.*.encode`);
  const panel = page.getByRole("complementary");
  await soon(async () => assert.equal(await panel.locator(".instances button").count(), 4));
  await panel.locator(".instances button").nth(1).click();
  await soon(() => assert.match(page.url(), /at=features\.1\.encode/));
  await soon(async () => assert.match(await panel.locator("h2").textContent(), /encode/));
});

test("the timeline tells attempts, waiting and the critical path", async () => {
  const { page } = await open(`${at.good}#/run/good/timeline`);
  const row = page.getByRole("button", { name: /^features\.2\.encode: attempt 1 failed.*attempt 2 succeeded/ });
  await row.waitFor();
  const all = await page.locator(".timeline li").count();
  await page.getByRole("checkbox", { name: "critical path only" }).check();
  await soon(async () => {
    const critical = await page.locator(".timeline li").count();
    assert.equal(critical > 3 && critical < all, true, `${critical} of ${all}`);
  });
  assert.match(await row.getAttribute("aria-label"), /on the critical path/);
  assert.equal(await page.locator(".timeline .work.fail").count(), 1);
});

test("results: metrics with their course, parameters, files", async () => {
  const { page } = await open(`${at.good}#/run/good/results`);
  assert.match(await page.locator(".cards").textContent(), /accuracy0\.8/);
  assert.match(await page.getByRole("img", { name: /^loss: 5 values/ }).getAttribute("aria-label"), /from 0\.\d+ to 0\.\d+/);
  assert.match(await page.locator(".parameters").textContent(), /regions.*north/s);
  assert.match(await page.getByRole("rowheader", { name: /^channel/ }).textContent(), /str, default "staging", one of "staging", "production".*Where the model is published/);
});

test("several runs are compared", async () => {
  const { page, seen } = await open(at.all, { offline: true });
  const table = page.locator(".heads");
  assert.match(await table.locator("tr", { hasText: "rate" }).last().textContent(), /0\.050\.080\.1/);
  assert.equal(await table.locator("tr.differ th", { hasText: /^rows$/ }).count(), 0);
  await page.getByRole("checkbox", { name: "differences only" }).uncheck();
  await soon(async () => assert.match(await table.textContent(), /rows200002000020000/));
  assert.equal(await page.locator(".bars").count() >= 3, true);
  assert.equal(await page.getByRole("img", { name: /^accuracy: 3 values/ }).count(), 1);
  await page.getByRole("link", { name: "better" }).first().click();
  await page.getByRole("heading", { name: "churn-model" }).waitFor();
  clean(seen, at.all);
});

test("a definition and what a target makes of it are pages too", async () => {
  const { page } = await open(`${at.definition}#/definition?at=tune.*.train`);
  assert.match(await page.getByRole("complementary").textContent(), /returns.*loss \(metric\)/s);
  const argo = await open(at.argo);
  await argo.page.locator('.graph .head[data-path="s-fetch"]').click();
  assert.match(await argo.page.getByRole("complementary").textContent(), /template/);
});

test("light and dark follow the reader, and the button", async () => {
  const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const { page } = await open(at.good), { page: dark } = await open(at.good, { dark: true });
  const light = await ground(page), night = await ground(dark);
  assert.notEqual(light, night);
  const becomes = (colour) => page.waitForFunction((c) => getComputedStyle(document.body).backgroundColor === c, colour);
  await page.getByRole("button", { name: /^Colours/ }).click();
  await becomes(night);
  await page.getByRole("button", { name: /^Colours/ }).click();
  await becomes(light);
});

test("a phone shows graph, list and a step, none wider than the screen", async () => {
  const { page } = await open(at.bad, { phone: true });
  const fits = () => soon(async () => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true));
  await fits();
  await page.getByRole("button", { name: "List" }).click();
  await page.getByRole("treeitem", { name: /^fetch/ }).click();
  await page.getByRole("complementary").waitFor();
  await soon(async () => assert.equal(await page.getByRole("complementary").evaluate((e) => e.clientWidth === innerWidth), true));
  await fits();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("link", { name: "Timeline" }).click();
  await page.locator(".timeline li").first().waitFor();
  await fits();
  await page.getByRole("link", { name: "Results" }).click();
  await page.locator(".cards, .parameters").first().waitFor();
  await fits();
});

test("who wants no motion gets none", async () => {
  const { page } = await open(at.good, { reduced: true });
  assert.equal(await page.locator(".fold svg").first().evaluate((e) => getComputedStyle(e).transitionDuration), "0s");
});

test("nothing in the page asks for another place", () => {
  const text = readFileSync(at.goodFile, "utf8");
  assert.match(text, /Content-Security-Policy" content="default-src 'none'/);
  assert.doesNotMatch(text, /<(link|img|iframe)\b|src="|@import|url\(h/);
});
