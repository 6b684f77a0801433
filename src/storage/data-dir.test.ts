import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startChild } from "../testing/start-child.ts";
import { lockDataDir, makeDataDir } from "./data-dir.ts";

let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clientele-test-"));
  dataDir = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("the data directory", () => {
  it("is refused to a second process, which learns who holds it, and free once the first was killed", async () => {
    const child = startChild(new URL("../testing/hold-data-dir.ts", import.meta.url), [dataDir]);
    await once(child.stdout!, "data");

    expect(() => lockDataDir(dataDir)).toThrow(
      expect.objectContaining({
        code: "storage.dataDirectoryLocked",
        message: expect.stringContaining(`process ${child.pid} uses`),
      }),
    );
    expect(modeOf(dataDir)).toBe(0o700);

    child.kill("SIGKILL");
    await once(child, "exit");
    const unlock = lockDataDir(dataDir);
    expect(readFileSync(join(dataDir, "lock"), "utf8")).toContain(String(process.pid));
    unlock();
  });

  it("is refused to the same process while it holds it, and free after it gave it back", () => {
    makeDataDir(dataDir);
    const unlock = lockDataDir(dataDir);
    expect(() => lockDataDir(dataDir)).toThrow(/stop it, or set CLIENTELE_DATA_DIR/);
    unlock();
    lockDataDir(dataDir)();
  });

  it("takes over a lock whose process number belongs to another process by now", () => {
    makeDataDir(dataDir);
    const unlock = lockDataDir(dataDir);
    const [pid, startedAt, boot] = readFileSync(join(dataDir, "lock"), "utf8").split(" ");
    unlock();
    for (const stale of [`${pid} ${Number(startedAt) - 1} ${boot}`, `${pid} ${startedAt} 00000000-boot`, "", "0 1 2"]) {
      writeFileSync(join(dataDir, "lock"), stale);
      lockDataDir(dataDir)();
    }
  });

  it("is refused when a newer version wrote it", () => {
    makeDataDir(dataDir);
    writeFileSync(join(dataDir, "format"), "999\n");
    expect(() => makeDataDir(dataDir)).toThrow(expect.objectContaining({ code: "storage.newerVersion" }));
  });
});
