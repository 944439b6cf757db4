// Makes the pictures of docs/runs.md: runs the pipeline in demo/ and photographs its report and its live page.
//
//   npm run pictures
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { demo, here, open, serve, tool } from "./test/setup.mjs";

const to = here("../../docs/pictures");

/** take photographs an address once what it should show is there. */
async function take(name, url, wait, how = {}) {
  const { page } = await open(url, how);
  await page.locator(wait).first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(() => document.querySelectorAll(".command").forEach((e) => e.remove())); // it names folders of this machine
  await page.screenshot({ path: join(to, `${name}.png`), animations: "disabled", caret: "hide" });
}

test("pictures", async () => {
  mkdirSync(to, { recursive: true });
  const dir = demo(), run = (id, ...more) => tool(dir, "run", "-p", "parameters.yaml", "--run-id", id, ...more);
  for (const rate of ["0.03", "0.05", "0.08"]) await run(`rate-${rate}`, "--param", `rate=${rate}`, "--tag", "tuning");
  await run("to-production", "--param", "channel=production");
  const page = async (name, ...ids) => {
    await tool(dir, "report", ...ids, "-o", `${name}.html`);
    return pathToFileURL(join(dir, `${name}.html`)).href;
  };
  const good = await page("good", "rate-0.05"), bad = await page("bad", "to-production"), all = await page("all", "rate-0.03", "rate-0.05", "rate-0.08");
  await take("steps", good, ".graph .node");
  await take("failure-dark", `${bad}#/run/to-production/steps?at=publish.production.approve`, ".panel .log", { dark: true });
  await take("timeline", `${good}#/run/rate-0.05/timeline`, ".timeline li");
  await take("comparison-dark", all, ".bars", { dark: true });
  await take("phone", bad, ".graph .node", { phone: true });
  await take("phone-step-dark", `${bad}#/run/to-production/steps?at=publish.production.approve`, ".panel .log", { phone: true, dark: true });
  const url = await serve(dir);
  await take("runs", url, ".runs .rows .row");
});
