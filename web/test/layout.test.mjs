// The page places graphs as the program does. layout.json comes from internal/drawing/arrange_test.go.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { build } from "esbuild";
import { here } from "./setup.mjs";

test("the page's layout is the program's", async () => {
  const { outputFiles } = await build({ entryPoints: [here("../src/layout.ts")], bundle: true, format: "esm", write: false });
  const { scene } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
  for (const { graph, size, boxes, lines } of JSON.parse(readFileSync(here("layout.json"), "utf8"))) {
    const got = scene(graph, () => true);
    assert.deepEqual([got.w, got.h], [size.W, size.H]);
    assert.deepEqual(Object.fromEntries(got.boxes.map((b) => [b.node.path, [b.x, b.y, b.w, b.h]])), boxes);
    const sorted = (l) => l.map((p) => p.map(({ x, y, X, Y }) => `${x ?? X},${y ?? Y}`).join(" ")).sort();
    assert.deepEqual(sorted(got.lines.map((l) => l.points)), sorted(lines ?? []));
  }
});
