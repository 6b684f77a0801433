import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

/** Reads a case file of the fixtures folder; null when the folder is not there. */
export function readFixture<T>(file: string): T | null {
  const path = resolve(process.env["CLIENTELE_FIXTURES"] ?? "../shared/fixtures", file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as T) : null;
}
