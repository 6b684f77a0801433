import { existsSync, readFileSync } from "node:fs";
import { inFixtures } from "../folders.ts";

/** Reads a case file of the fixtures folder; null when the folder is not there. */
export function readFixture<T>(file: string): T | null {
  const path = inFixtures(file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as T) : null;
}
