// Bundles everything a page loads into wwwroot/assets: content-hashed names, .br and .gz beside each file, and the two
// small files the Host reads at start: manifest.json (logical name -> hashed name) and icons.json (name -> SVG paths).
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "wwwroot", "assets");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const result = await build({
  absWorkingDir: here,
  entryPoints: { app: "Assets/Scripts/app.js", charts: "Assets/Scripts/charts.js", monopco: "Assets/Styles/app.css" },
  outdir: out,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  loader: { ".woff2": "file" },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  const file = basename(path);
  // The latin font is preloaded by the layout; the extended one loads only when a name needs it.
  if (output.entryPoint) manifest[file.replace(/-[^-]*(\.\w+)$/, "$1")] = file;
  else if (file.startsWith("figtree-latin-wght-normal")) manifest["figtree.woff2"] = file;
}

for (const name of readdirSync(join(here, "Assets", "Images"))) {
  const bytes = readFileSync(join(here, "Assets", "Images", name));
  const hashed = `${basename(name, extname(name))}-${createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase()}${extname(name)}`;
  writeFileSync(join(out, hashed), bytes);
  manifest[name] = hashed;
}

const icons = {};
for (const line of readFileSync(join(here, "Assets", "icons.txt"), "utf8").split("\n")) {
  const name = line.trim();
  if (!name || name.startsWith("#")) continue;
  const svg = readFileSync(join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf8");
  icons[name] = svg
    .slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"))
    .replace(/<path stroke="none"[^>]*>/, "")
    .replace(/\s+/g, " ")
    .trim();
}

for (const file of readdirSync(out)) {
  if (extname(file) === ".woff2") continue;
  const bytes = readFileSync(join(out, file));
  writeFileSync(join(out, `${file}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  writeFileSync(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
}

writeFileSync(join(out, "icons.json"), JSON.stringify(icons));
// Written last: it is what the build looks at to know that the bundle is complete.
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 2));
