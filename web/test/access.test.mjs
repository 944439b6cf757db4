// An automatic check of what readers by keyboard and by ear need, of every view, light and dark, wide and phone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { before, test } from "node:test";
import { demo, open, serve, tool } from "./setup.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let file, url;

before(async () => {
  const dir = demo();
  await tool(dir, "run", "-p", "parameters.yaml", "--run-id", "good");
  await tool(dir, "run", "-p", "parameters.yaml", "--run-id", "bad", "--param", "channel=production");
  await tool(dir, "report", "good", "bad", "-o", "all.html");
  file = pathToFileURL(join(dir, "all.html")).href;
  url = await serve(dir);
});

const views = {
  comparison: "#/compare/good/bad", runs: "#/runs", steps: "#/run/bad/steps", "a failed step": "#/run/bad/steps?at=publish.production.approve",
  "a map": "#/run/good/steps?at=features", timeline: "#/run/good/timeline", results: "#/run/good/results",
};

for (const how of [{}, { dark: true }, { phone: true }]) {
  test(`no view has what hinders: ${JSON.stringify(how)}`, async () => {
    const { page } = await open(file, how), found = [];
    for (const [name, hash] of Object.entries(views)) {
      await page.evaluate((h) => { location.hash = h; }, hash);
      await page.locator("main h1").first().waitFor();
      if (hash.includes("at=")) await page.getByRole("complementary").waitFor();
      found.push(...await check(page, name));
    }
    assert.equal(found.join("\n"), "");
  });
}

test("nor the live list", async () => {
  const { page } = await open(url);
  await page.getByRole("link", { name: "good", exact: true }).waitFor();
  assert.deepEqual(await check(page, "live"), []);
});

/** check returns what axe finds in the view. */
async function check(page, name) {
  await page.evaluate(`${axe}; undefined`);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] });
    return violations.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary.replaceAll("\n", " ").slice(0, 200)}`).join("\n    ")}`);
  });
  return found.map((f) => `${name}: ${f}`);
}

test("everything is reached by keyboard, and seen to be", async () => {
  const { page } = await open(`${file}#/run/good/steps`);
  await page.getByRole("treeitem").first().waitFor();
  const met = [];
  for (let i = 0; i < 22; i++) {
    await page.keyboard.press("Tab");
    met.push(await page.evaluate(() => {
      const e = document.activeElement, style = getComputedStyle(e);
      return { what: e.getAttribute("aria-label") ?? e.textContent, role: e.getAttribute("role"), outline: style.outlineStyle };
    }));
  }
  for (const want of [/Skip/, /Results/, /^fetch/, /Zoom in/]) assert.equal(met.some((m) => want.test(m.what)), true, `${want} in ${met.map((m) => m.what).join(" | ")}`);
  assert.deepEqual(met.filter((m) => m.outline === "none" && m.what !== "" && !/Skip/.test(m.what)).map((m) => m.what), []);
  await page.getByRole("treeitem", { name: /^fetch/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("complementary").waitFor();
});
