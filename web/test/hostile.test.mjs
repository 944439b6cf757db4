// A pipeline whose names, values, files, messages and logs are markup and script: all of it stays text.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { open, pipeline, serve, soon, tool } from "./setup.mjs";

const evil = `</script><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"'\``;
const q = JSON.stringify;

const definition = `
dag:
  name: ${q(evil)}
  steps:
    ${q(`a ${evil}`)}:
      type: task
      command_type: shell
      command: ${q(`printf '%s\\n' "$evil" '<b>bold</b>' 'javascript:alert(4)'; printf '\\033]8;;javascript:alert(5)\\007link\\033]8;;\\007\\n'; mkdir -p f; : > 'f/<img src=x onerror=alert(6)>'; export out="$evil"`)}
      returns: [{name: out}]
      catalog: {put: ["f/*"]}
    ${q(`p ${evil}`)}:
      type: parallel
      branches:
        ${q(`b ${evil}`)}:
          steps:
            ${q(`s ${evil}`)}: {type: task, command_type: shell, command: "echo \\"$evil\\" >&2; exit 1"}
`;

const looks = async (page, seen) => {
  for (const place of ["steps", "timeline", "results"]) {
    await page.evaluate((p) => { location.hash = location.hash.replace(/\/(steps|timeline|results).*/, `/${p}`); }, place);
    await page.locator("main").getByText("alert(1)").first().waitFor();
  }
  await page.evaluate(() => { location.hash = location.hash.replace(/\/results.*/, "/steps"); });
  for (const item of await page.getByRole("treeitem").all()) {
    await item.click();
    await page.getByRole("complementary").waitFor();
    await page.waitForFunction(() => document.querySelector(".panel .log") || !document.querySelector(".panel .attempts, .panel .dl"));
  }
  assert.equal(await page.evaluate(() => document.querySelectorAll("#app script, #app img, #app iframe, #app [onerror], #app [onload], a[href^='javascript']").length), 0);
  assert.equal(await page.evaluate(() => document.scripts.length), 2);
  assert.deepEqual(seen.dialogs, []);
  assert.deepEqual(seen.errors, []);
};

test("nothing that a run says is executed", async () => {
  const dir = pipeline(definition);
  await tool(dir, "run", "--run-id", "evil", "--param", `evil=${evil}`, "--tag", "img");
  await tool(dir, "report", "evil", "-o", "evil.html");
  await tool(dir, "graph", "--format", "svg", "-o", "evil.svg");
  const file = await open(`${pathToFileURL(join(dir, "evil.html"))}#/run/evil/steps`);
  await looks(file.page, file.seen);
  const url = await serve(dir);
  const live = await open(`${url}#/run/evil/steps`);
  await looks(live.page, live.seen);
  const svg = await open(pathToFileURL(join(dir, "evil.svg")).href);
  assert.deepEqual(svg.seen.dialogs, []);
  assert.equal(await svg.page.evaluate(() => document.querySelectorAll("script, img, [onload]").length), 0);
});

test("the policy stops what escaping would miss", async () => {
  const dir = pipeline("dag: {steps: {a: {type: stub}}}\n");
  await tool(dir, "graph", "--format", "html", "-o", "g.html");
  const { page, seen } = await open(pathToFileURL(join(dir, "g.html")).href);
  await page.evaluate(() => {
    document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='alert(1)'>");
    const s = document.createElement("script");
    s.textContent = "alert(2)";
    document.body.append(s);
  });
  assert.deepEqual(seen.dialogs, []);
  await soon(() => assert.equal(seen.errors.filter((e) => e.includes("Content Security Policy")).length >= 2, true, seen.errors.join("\n")));
});
