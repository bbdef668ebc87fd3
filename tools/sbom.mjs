// Writes the software bill of materials (CycloneDX 1.5) from the lock files: every NuGet and npm package with its version, licence and whether it is shipped.
// The licence is what the installed package itself states; what it states in other words (an address, a file) is in the table below with what was read there.
// Ends with 1 and says why when a licence is unknown or not accepted, or when NOTICE does not name a shipped package.
//   node tools/sbom.mjs [--root FOLDER] [--packages NUGET-FOLDER] [--output FILE]
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const options = Object.fromEntries(process.argv.slice(2).join("\n").split("--").filter(Boolean).map((x) => x.trim().split("\n")));
const root = resolve(options.root ?? join(dirname(fileURLToPath(import.meta.url)), ".."));
const nugetFolder = resolve(options.packages ?? process.env.NUGET_PACKAGES ?? join(homedir(), ".nuget", "packages"));

const accepted = new Set(["MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "MPL-2.0", "PostgreSQL", "OFL-1.1", "Unlicense", "CC0-1.0", "BlueOak-1.0.0", "Python-2.0", "Zlib"]);

// Packages that give an address or a file instead of a name, and what stands there.
const read = {
  "https://raw.githubusercontent.com/xunit/xunit/master/license.txt": "Apache-2.0",
  "https://go.microsoft.com/fwlink/?LinkId=329770": "MIT",
  "https://github.com/dotnet/corefx/blob/master/LICENSE.TXT": "MIT",
  "https://github.com/dotnet/standard/blob/master/LICENSE.TXT": "MIT",
  "http://go.microsoft.com/fwlink/?LinkId=329770": "MIT",
};
const readFiles = [
  [/Permission is hereby granted, free of charge, to any person obtaining a copy/i, "MIT"],
  [/Apache License\s+Version 2\.0/i, "Apache-2.0"],
  [/Redistribution and use in source and binary forms[\s\S]*Neither the name/i, "BSD-3-Clause"],
];

const lockFiles = (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder), { withFileTypes: true }) : [])
  .filter((x) => x.isDirectory() && existsSync(join(root, folder, x.name, "packages.lock.json"))).map((x) => join(root, folder, x.name, "packages.lock.json"));
const components = new Map();

const add = (component) => {
  const known = components.get(component["bom-ref"]);
  if (!known || (known.scope === "excluded" && component.scope === "required")) components.set(component["bom-ref"], component);
};

const licenceOf = (text) => {
  const expression = /<license\s+type="expression"[^>]*>([^<]+)</.exec(text)?.[1]?.trim();
  return { expression, file: /<license\s+type="file"[^>]*>([^<]+)</.exec(text)?.[1]?.trim(), url: /<licenseUrl>([^<]+)</.exec(text)?.[1]?.trim() };
};

function nugetLicence(id, version) {
  const folder = join(nugetFolder, id.toLowerCase(), version.toLowerCase());
  const spec = join(folder, `${id.toLowerCase()}.nuspec`);
  if (!existsSync(spec)) return null;
  const { expression, file, url } = licenceOf(readFileSync(spec, "utf8"));
  if (expression) return expression;
  const path = file && join(folder, file.replaceAll("\\", "/"));
  if (path && existsSync(path)) return readFiles.find(([pattern]) => pattern.test(readFileSync(path, "utf8")))?.[1] ?? null;
  return read[url] ?? null;
}

// Shipped is what the two programs restore; everything else builds or tests them.
for (const [folders, scope] of [[["src"], "required"], [["tests", "tools", "."], "excluded"]]) {
  for (const file of folders.flatMap(lockFiles)) {
    for (const packages of Object.values(JSON.parse(readFileSync(file, "utf8")).dependencies)) {
      for (const [name, found] of Object.entries(packages)) {
        if (found.type === "Project") continue;
        add({ type: "library", "bom-ref": `pkg:nuget/${name}@${found.resolved}`, name, version: found.resolved, scope, licence: nugetLicence(name, found.resolved), purl: `pkg:nuget/${name}@${found.resolved}` });
      }
    }
  }
}

const npmLock = join(root, "src", "Host", "package-lock.json");
if (existsSync(npmLock)) {
  for (const [path, found] of Object.entries(JSON.parse(readFileSync(npmLock, "utf8")).packages)) {
    if (!path) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const purl = `pkg:npm/${name.replace(/^@/, "%40")}@${found.version}`;
    const hash = /^sha512-(.+)$/.exec(found.integrity ?? "")?.[1];
    add({
      type: "library", "bom-ref": purl, name, version: found.version, scope: found.dev ? "excluded" : "required", licence: found.license ?? null, purl,
      ...(hash ? { hashes: [{ alg: "SHA-512", content: Buffer.from(hash, "base64").toString("hex") }] } : {}),
    });
  }
}

// One of several is enough (OR), all of them are needed (AND).
const isAccepted = (expression) => expression.replace(/[()]/g, "").split(/\s+OR\s+/i).some((one) => one.split(/\s+AND\s+/i).every((x) => accepted.has(x.trim())));
const notice = existsSync(join(root, "NOTICE")) ? readFileSync(join(root, "NOTICE"), "utf8") : "";
const isNamed = (name) => notice.includes(name) || (name.startsWith("Microsoft.EntityFrameworkCore.") && notice.includes("Microsoft.EntityFrameworkCore ("));
const problems = [];
const sorted = [...components.values()].sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1));
for (const { name, version, licence, scope } of sorted) {
  if (!licence) problems.push(`${name} ${version}: no known licence`);
  else if (!isAccepted(licence)) problems.push(`${name} ${version}: licence ${licence} is not accepted`);
  if (scope === "required" && !isNamed(name)) problems.push(`${name} ${version}: shipped, and NOTICE does not name it`);
}

const bom = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  version: 1,
  metadata: { component: { type: "application", "bom-ref": "monopco", name: "MonOPCO", licenses: [{ license: { id: "EUPL-1.2" } }] } },
  components: sorted.map(({ licence, ...component }) => ({ ...component, licenses: licence ? [/\s/.test(licence) ? { expression: licence } : { license: { id: licence } }] : [] })),
};
if (options.output) writeFileSync(options.output, JSON.stringify(bom, null, 2) + "\n");
console.log(`${sorted.length} packages, ${sorted.filter((x) => x.scope === "required").length} of them shipped${options.output ? `: ${options.output}` : ""}`);
for (const problem of problems) console.error(problem);
process.exit(problems.length ? 1 : 0);
