import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/**
 * Starts a thread of ours, in the source as in the build.
 *
 * @param name file of the worker without its ending, beside the file that starts it
 * @param beside `import.meta.url` of the file that starts it
 * @param maxHeapMb a thread that needs more ends by itself; arrays of numbers do not count. Default: as large as the program's own
 */
export function startWorker(name: string, beside: string, maxHeapMb?: number): Worker {
  const options = {
    execArgv: [],
    ...(maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
  };
  const ending = beside.endsWith(".js") ? ".js" : ".ts";
  const entry = new URL(`./${name}${ending}`, beside);
  if (ending === ".js") return new Worker(entry, options);
  // From source, in development and tests: Node 20 cannot load TypeScript in a worker, and `--import` does not reach it.
  // Its CommonJS entry, which `resolve` finds, looks for its parts in the wrong folder.
  const loader = pathToFileURL(
    createRequire(import.meta.url)
      .resolve("tsx/esm/api")
      .replace(/\.cjs$/, ".mjs"),
  ).href;
  const start = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); })`;
  return new Worker(start, { ...options, eval: true });
}
