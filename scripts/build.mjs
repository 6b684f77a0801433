// Builds what is missing or older than its sources: server, browser SDK, demo shop, admin. `--force` builds everything.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkNode, ensureInstalled, newestMtime, root, run } from "./lib/run.mjs";

const node = process.execPath;
const tsc = join("node_modules", "typescript-7", "bin", "tsc");

// What the compiler leaves behind: SQL and the worker that is plain JavaScript.
function copyAssets() {
  cpSync(join(root, "src", "storage", "pglite-worker.mjs"), join(root, "dist", "storage", "pglite-worker.mjs"));
  for (const capability of readdirSync(join(root, "src"))) {
    const from = join(root, "src", capability, "migrations");
    if (existsSync(from)) cpSync(from, join(root, "dist", capability, "migrations"), { recursive: true });
  }
}

const parts = [
  {
    name: "server",
    sources: ["src", "tsconfig.base.json", "tsconfig.build.json"],
    marker: "dist/.built",
    build: () => {
      rmSync(join(root, "dist"), { recursive: true, force: true });
      run(node, [tsc, "-p", "tsconfig.build.json"]);
      copyAssets();
    },
  },
  {
    name: "browser SDK",
    sources: ["sdk/src", "sdk/build.mjs"],
    marker: "sdk/dist/.built",
    build: () => run(node, ["sdk/build.mjs"]),
  },
  {
    name: "demo shop",
    sources: ["demo/src", "demo/server", "demo/index.html", "demo/public", "demo/vite.config.ts", "sdk/src"],
    marker: "demo/dist/.built",
    build: () => {
      rmSync(join(root, "demo", "dist"), { recursive: true, force: true });
      run("npm", ["run", "build", "-w", "demo", "--silent"]);
      run(node, [tsc, "-p", "demo/tsconfig.server.json", "--noEmit", "false", "--outDir", "demo/dist/server"]);
    },
  },
  {
    name: "admin",
    sources: ["admin/src", "admin/index.html", "admin/vite.config.ts"],
    marker: "admin/dist/.built",
    build: () => run("npm", ["run", "build", "-w", "admin", "--silent"]),
  },
];

export function build({ force = false, only } = {}) {
  for (const part of parts) {
    if (only && !only.includes(part.name)) continue;
    const marker = join(root, part.marker);
    const builtAt = existsSync(marker) ? statSync(marker).mtimeMs : 0;
    if (!force && builtAt >= newestMtime(part.sources)) continue;
    console.log(`Building ${part.name} …`);
    part.build();
    mkdirSync(join(marker, ".."), { recursive: true });
    writeFileSync(marker, "");
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  checkNode();
  ensureInstalled();
  build({ force: process.argv.includes("--force") });
}
