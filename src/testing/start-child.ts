import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Starts a TypeScript file as a process of its own; standard output and error are piped. */
export function startChild(file: URL, args: readonly string[]): ChildProcess {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  return spawn(process.execPath, ["--import", tsx, fileURLToPath(file), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}
