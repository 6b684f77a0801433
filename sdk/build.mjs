// Bundles the SDK: dist/clientele.js (ES module) and dist/clientele.min.js (script, global `clientele`).
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** What a shop's page may cost: each bundle, compressed. */
export const budgetBytes = 10_000;

const outputs = [
  { file: "clientele.js", entry: "index.ts", format: "esm" },
  { file: "clientele.min.js", entry: "script.ts", format: "iife" },
];

/**
 * Builds both bundles into `directory`.
 *
 * @param {string} [directory] default sdk/dist
 * @returns {Promise<{ file: string, path: string, gzipBytes: number }[]>}
 */
export async function buildSdk(directory = fileURLToPath(new URL("./dist", import.meta.url))) {
  const built = [];
  for (const { file, entry, format } of outputs) {
    const path = `${directory}/${file}`;
    await build({
      entryPoints: [fileURLToPath(new URL(`./src/${entry}`, import.meta.url))],
      outfile: path,
      bundle: true,
      minify: true,
      target: "es2022",
      sourcemap: "linked",
      format,
    });
    built.push({ file, path, gzipBytes: gzipSync(await readFile(path), { level: 9 }).length });
  }
  return built;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, gzipBytes } of await buildSdk()) {
    console.log(`${file}: ${gzipBytes} bytes compressed, at most ${budgetBytes}`);
    if (gzipBytes > budgetBytes) process.exitCode = 1;
  }
}
