import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClienteleError } from "../kernel/index.ts";

/** Raised when a release writes data that an older one would misread. */
const formatVersion = 1;

/** Start time of a process in clock ticks since boot: tells a reused pid from the process that took the lock. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name may hold blanks; fields are counted after its closing bracket.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    // No such process, or a system without /proc.
    return "";
  }
}

function isAlive(pid: number, startedAt: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return startedAt === "" || startTimeOf(pid) === startedAt;
}

/**
 * Takes the data directory for this process. The lock of a dead process is taken over.
 *
 * @returns the function that gives it back
 * @throws {ClienteleError} `storage.dataDirectoryLocked`, `storage.newerVersion`
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  checkFormat(dataDir);
  const path = join(dataDir, "lock");
  const mine = `${process.pid} ${startTimeOf(process.pid)}`;
  for (let attempt = 0; ; attempt += 1) {
    try {
      writeFileSync(path, mine, { flag: "wx", mode: 0o600 });
      break;
    } catch (error) {
      const taken = error instanceof Error && "code" in error && error.code === "EEXIST";
      if (!taken || attempt > 2) throw error;
      const [pid = "", startedAt = ""] = readFileSync(path, "utf8").split(" ");
      if (isAlive(Number(pid), startedAt)) {
        throw new ClienteleError("storage.dataDirectoryLocked", `process ${pid} uses ${dataDir}; stop it, or set CLIENTELE_DATA_DIR to another folder`);
      }
      rmSync(path, { force: true });
    }
  }
  return () => {
    if (existsSync(path) && readFileSync(path, "utf8") === mine) rmSync(path, { force: true });
  };
}

function checkFormat(dataDir: string): void {
  const path = join(dataDir, "format");
  if (!existsSync(path)) {
    writeFileSync(path, String(formatVersion), { mode: 0o600 });
    return;
  }
  const found = Number(readFileSync(path, "utf8"));
  if (found > formatVersion) {
    throw new ClienteleError("storage.newerVersion", `${dataDir} has data format ${found}; this version reads up to ${formatVersion}`);
  }
}

/** The deployment's secret: made once, kept in the data directory, readable by this user only. */
export function readOrCreateSecret(dataDir: string): string {
  const path = join(dataDir, "secret");
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const secret = randomBytes(32).toString("hex");
  writeFileSync(path, secret, { mode: 0o600 });
  return secret;
}
