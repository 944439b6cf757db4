// Two thousand steps, nested and flat.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { open, pipeline, soon, tool } from "./setup.mjs";

/** nested is a parallel of parallels: groups times groups times ten steps. */
function nested(groups) {
  const out = ["dag:", "  steps:"];
  for (let g = 0; g < groups; g++) {
    out.push(`    g${g}:`, "      type: parallel", "      branches:");
    for (let b = 0; b < groups; b++) {
      out.push(`        b${b}:`, "          steps:", `            in${b}:`, "              type: parallel", "              branches:", "                x:", "                  steps:");
      for (let s = 0; s < 10; s++) out.push(`                    s${s}: {type: stub}`);
    }
  }
  return out.join("\n");
}

/** flat is a graph of needs in forty layers of fifty, each step needing three before it. */
function flat() {
  const out = ["dag:", "  steps:"];
  for (let l = 0; l < 40; l++) for (let i = 0; i < 50; i++) {
    const needs = l === 0 ? [] : [...new Set([i, (i * 7 + l) % 50, (i + 1) % 50])].map((k) => `l${l - 1}n${k}`);
    out.push(`    l${l}n${i}: {type: stub, needs: [${needs.join(", ")}]}`);
  }
  return out.join("\n");
}

const nodes = (page) => page.locator(".graph .node").count();

test("two thousand nested steps fold and unfold", async () => {
  const dir = pipeline(nested(14)); // 14 × 14 × 10 leaves and the composites around them
  await tool(dir, "run", "--run-id", "r");
  await tool(dir, "report", "r", "-o", "r.html");
  const { page, seen } = await open(pathToFileURL(join(dir, "r.html")).href);
  assert.equal(await page.evaluate(() => JSON.parse(document.getElementById("data").textContent).runs[0].timeline.attempts.length), 1960);
  await soon(async () => assert.equal(await nodes(page) <= 60, true, "large composites begin folded"));
  await soon(async () => assert.equal(await page.getByRole("treeitem").count() < 120, true, "lines out of sight are not there"));
  await page.getByRole("button", { name: "Fold g0", exact: true }).click();
  await page.locator('.graph .head[data-path="g0.b3.in3"]').waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Unfold g0", exact: true }).click();
  await page.getByRole("button", { name: "Unfold in3", exact: true }).first().click();
  await page.locator('.graph .head[data-path="g0.b3.in3.x.s0"]').waitFor({ state: "attached" });
  await soon(async () => assert.equal(await nodes(page) < 300, true, "boxes out of sight are not there"));
  await page.getByRole("searchbox", { name: "Find a step" }).fill("g13.b13.in13.x.s9");
  await page.getByRole("treeitem", { name: /s9 stub, succeeded/ }).click();
  await soon(async () => assert.match(await page.getByRole("complementary").textContent(), /g13/));
  await page.getByRole("link", { name: "Timeline" }).click();
  await page.locator(".timeline li").first().waitFor();
  await soon(async () => assert.equal(await page.locator(".timeline li").count() < 120, true));
  assert.deepEqual(seen.errors, []);
});

test("two thousand steps in one graph are scrolled, and only those in sight are there", async () => {
  const dir = pipeline(flat());
  await tool(dir, "graph", "--format", "html", "-o", "g.html");
  const { page, seen } = await open(pathToFileURL(join(dir, "g.html")).href);
  assert.equal(await page.evaluate(() => JSON.parse(document.getElementById("data").textContent).graph.nodes.length), 2000);
  await soon(async () => assert.equal(await nodes(page) < 700, true));
  await page.locator(".graph .scroll").evaluate((e) => { e.scrollTop = e.scrollHeight; });
  await page.locator('.graph .head[data-path^="l39n"]').first().waitFor();
  await page.locator('.graph .head[data-path^="l1n"]').first().waitFor({ state: "detached" });
  await page.getByRole("searchbox", { name: "Find a step" }).fill("l20n25");
  await page.getByRole("treeitem", { name: /^l20n25/ }).click();
  await page.locator('.graph .node.selected .head[data-path="l20n25"]').waitFor();
  await page.getByRole("button", { name: "Show all" }).click();
  assert.deepEqual(seen.errors, []);
});
