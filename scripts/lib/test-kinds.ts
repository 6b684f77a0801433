/**
 * Which test files share processes. Loading the program takes seconds and starting an engine is half the work where another one
 * ran before, so files run one after the other in the same process; what one of them changes for all of it needs its own.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * `lone` has a process of its own: a stopped clock, a replaced module, the environment. `long` starts browsers or servers again and
 * again, `engines` opens databases, `plain` neither; each shares processes with its kind, so that memory is given back between them.
 */
export type TestKind = "lone" | "long" | "engines" | "plain";

/** What a test does that the next file in the same process would see; waiting and counting calls (`vi.waitFor`, `vi.fn`) is not. */
const changesProcess =
  /\bvi\.(?!waitFor\(|waitUntil\(|fn\(|setConfig\()\w+\(|process\.env(\.\w+|\[[^\]]+\]) = |delete process\.env|process\.chdir\(/;
/** Browsers, and servers that are started and killed again and again, take longest. */
const takesLong = /^playwright-core$|testing\/(server-process|start-child)\.ts$/;
/** What a test or its helpers import when they start engines, or another program. */
const startsEngines = /^(@electric-sql\/pglite|chdb|node:child_process)$/;

const testFile = /\.test\.tsx?$/;
const skipped = /(^|\/)(node_modules|dist)(\/|$)/;
const importPattern = /(?:from|import)\s*\(?\s*"([^"]+)"/g;

type TestFile = { readonly path: string; readonly kind: TestKind };

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Packages and helpers of a test. Only helpers in `testing/` folders are followed: product code does what a test asks for. */
function importsOf(file: string): readonly string[] {
  const helpers = new Set([file]);
  const packages = new Set<string>();
  for (const path of helpers) {
    for (const [, specifier = ""] of read(path).matchAll(importPattern)) {
      const target = specifier.startsWith(".") ? join(dirname(path), specifier) : specifier;
      if (target === specifier) packages.add(specifier);
      else if (target.includes("/testing/")) helpers.add(target);
    }
  }
  helpers.delete(file);
  return [...packages, ...helpers];
}

function kindOf(file: string): TestKind {
  if (changesProcess.test(read(file))) return "lone";
  const imports = importsOf(file);
  if (imports.some((name) => takesLong.test(name))) return "long";
  return imports.some((name) => startsEngines.test(name)) ? "engines" : "plain";
}

/** @param folders relative to `root`, as the paths of the result are */
export function readTestFiles(root: string, folders: readonly string[]): readonly TestFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(root, folder, name)),
    )
    .filter((file) => testFile.test(file) && !skipped.test(relative(root, file)))
    .map((file) => ({ path: relative(root, file), kind: kindOf(file) }));
}
