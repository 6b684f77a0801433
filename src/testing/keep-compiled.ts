/**
 * PGlite runs in a thread of its own that ends with its database. The engine compiles its nine megabytes again in each new thread,
 * and once more when it gets hot: together a second of work. As long as this process holds the compiled program, V8 gives every
 * thread the same one.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

// Node has it; its types only come with a browser's.
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: { readonly compile: (bytes: Uint8Array) => Promise<object> };
};
let kept: Promise<object> | undefined;

/** May be repeated; the first call compiles, in the background. */
export function keepPostgresCompiled(): Promise<object> {
  const folder = dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite"));
  kept ??= readFile(join(folder, "pglite.wasm")).then((bytes) => WebAssembly.compile(bytes));
  return kept;
}
