import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Starts one of the TypeScript files of this folder as a process of its own; standard output and error are piped. */
export function startChild(file: string, args: readonly string[]): ChildProcess {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  return spawn(process.execPath, ["--import", tsx, fileURLToPath(new URL(`./${file}`, import.meta.url)), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}
