import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClienteleError } from "../kernel/index.ts";

/** Raised when a release writes data that an older one would misread. */
const formatVersion = 1;
const lockAttempts = 5;

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

const diskFullCodes = new Set(["ENOSPC", "EDQUOT"]);

/** Rights, a read-only file system, a file in place of the folder: one sentence that says what to do. */
function withReason<T>(dataDir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof ClienteleError || code === "") throw error;
    const reason = error instanceof Error ? error.message : code;
    if (diskFullCodes.has(code)) {
      throw new ClienteleError("storage.diskFull", `no disk space left in ${dataDir}; free some and start again`, {
        cause: error,
      });
    }
    throw new ClienteleError(
      "storage.dataDirectoryUnusable",
      `the data directory ${dataDir} cannot be used: ${reason}; give this user the right to write it, or set CLIENTELE_DATA_DIR to another folder`,
      { cause: error },
    );
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

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

/** Ticks count from the boot, so a lock from before it could meet the same pid and time. */
function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

function isAlive(pid: number, startedAt: string, boot: string): boolean {
  // 0 would ask about this process group.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: alive, and of another user.
    if (codeOf(error) !== "EPERM") return false;
  }
  if (boot !== bootId()) return false;
  return startedAt === "" || startTimeOf(pid) === startedAt;
}

function ownLine(): string {
  return [process.pid, startTimeOf(process.pid), bootId()].join(" ");
}

/**
 * Removes a lock that was seen to be stale, unless another process replaced it in the meantime: what was moved away is
 * looked at again and put back if it is somebody else's.
 */
function removeStale(path: string, seen: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (readFileSync(aside, "utf8") !== seen) linkSync(aside, path);
  rmSync(aside, { force: true });
}

/**
 * Makes the data directory (mode 0700) and checks that this version can read it.
 *
 * @throws {ClienteleError} `storage.newerVersion`, `storage.dataDirectoryUnusable`, `storage.diskFull`
 */
export function makeDataDir(dataDir: string): void {
  withReason(dataDir, () => makeFolder(dataDir));
}

function makeFolder(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, "format");
  const text = readIfThere(path);
  if (text === undefined) writeFileSync(path, `${formatVersion}\n`, { mode: 0o600 });
  const found = text === undefined ? formatVersion : Number(text);
  if (found <= formatVersion) return;
  throw new ClienteleError(
    "storage.newerVersion",
    `${dataDir} has data format ${found}; this version reads up to ${formatVersion}: start the newer version`,
  );
}

/**
 * Takes the data directory for this process. The lock of a dead process is taken over.
 *
 * @returns the function that gives it back
 * @throws {ClienteleError} `storage.dataDirectoryLocked`, `storage.dataDirectoryUnusable`, `storage.diskFull`
 */
export function lockDataDir(dataDir: string): () => void {
  return withReason(dataDir, () => takeLock(dataDir));
}

function takeLock(dataDir: string): () => void {
  const path = join(dataDir, "lock");
  const mine = ownLine();
  for (let attempt = 1; ; attempt += 1) {
    try {
      writeFileSync(path, mine, { flag: "wx", mode: 0o600 });
      break;
    } catch (error) {
      if (codeOf(error) !== "EEXIST" || attempt === lockAttempts) throw error;
    }
    const seen = readIfThere(path);
    if (seen === undefined) continue;
    const [pid = "", startedAt = "", boot = ""] = seen.split(" ");
    if (isAlive(Number(pid), startedAt, boot)) {
      throw new ClienteleError(
        "storage.dataDirectoryLocked",
        `process ${pid} uses ${dataDir}; stop it, or set CLIENTELE_DATA_DIR to another folder`,
      );
    }
    removeStale(path, seen);
  }
  return () => {
    if (readIfThere(path) === mine) rmSync(path, { force: true });
  };
}
