import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/**
 * Starts a worker thread of this folder.
 *
 * @param name file without its ending
 * @param maxHeapMb a worker that needs more ends by itself; arrays of numbers do not count
 */
export function startWorker(name: string, maxHeapMb: number): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: maxHeapMb };
  if (import.meta.url.endsWith(".js"))
    return new Worker(new URL(`./${name}.js`, import.meta.url), { execArgv: [], resourceLimits });
  // From source, in development and tests: Node 20 cannot load TypeScript in a worker, and `--import` does not reach it.
  const loader = pathToFileURL(
    createRequire(import.meta.url)
      .resolve("tsx/esm/api")
      .replace(/\.cjs$/, ".mjs"),
  ).href;
  const entry = new URL(`./${name}.ts`, import.meta.url).href;
  const start = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}); })`;
  return new Worker(start, { eval: true, execArgv: [], resourceLimits });
}
