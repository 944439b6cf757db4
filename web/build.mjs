// Bundles the page into dist/, which the Go program embeds. The output depends on the sources and the lock file alone.
import { build } from "esbuild";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here("src/main.tsx"), here("src/style.css")],
  outdir: here("dist"),
  entryNames: "[name]",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});

// What is in the bundle beside this project's own code.
const used = Object.keys(JSON.parse(readFileSync(here("package.json"), "utf8")).dependencies).sort();
const notices = used.map((name) => {
  const { version, license } = JSON.parse(readFileSync(here(`node_modules/${name}/package.json`), "utf8"));
  const file = here(`node_modules/${name}/LICENSE`);
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "The package holds no text of its licence.";
  return `${name} ${version} (${license})\n\n${text}\n`;
});
writeFileSync(here("dist/LICENSES.txt"), notices.join("\n----\n\n"));
