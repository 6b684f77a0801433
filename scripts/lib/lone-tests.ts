/**
 * Which test files need a process of their own: chDB holds one data directory a process, and a killed child, a browser or a
 * stopped clock must not reach the tests of another file. All others share processes, so that a module is loaded once.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** What a test or its helpers import when they hold something for the whole process. */
const holdsProcess = ["@electric-sql/pglite", "chdb", "node:child_process", "playwright-core"];
/** What a test does that the next file in the same process would see. */
const changesProcess = /\bvi\.\w+\(|process\.env(\.\w+|\[[^\]]+\]) = |delete process\.env|process\.chdir\(/;
/** Browsers, and servers that are started and killed again and again, take longest. */
const takesLong = /^playwright-core$|testing\/(server-process|start-child)\.ts$/;

const testFile = /\.test\.tsx?$/;
const skipped = /(^|\/)(node_modules|dist)(\/|$)/;
const importPattern = /(?:from|import)\s*\(?\s*"([^"]+)"/g;

type TestFile = { readonly path: string; readonly isLone: boolean; readonly isLong: boolean };

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

function readTestFile(root: string, file: string): TestFile {
  const imports = importsOf(file);
  return {
    path: relative(root, file),
    isLone: imports.some((name) => holdsProcess.includes(name)) || changesProcess.test(read(file)),
    isLong: imports.some((name) => takesLong.test(name)),
  };
}

/** @param folders relative to `root`, as the paths of the result are */
export function readTestFiles(root: string, folders: readonly string[]): readonly TestFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(root, folder, name)),
    )
    .filter((file) => testFile.test(file) && !skipped.test(relative(root, file)))
    .map((file) => readTestFile(root, file));
}
