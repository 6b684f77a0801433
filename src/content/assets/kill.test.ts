import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256Hex } from "../../kernel/index.ts";
import { createDataDir } from "../../testing/engines.ts";
import { startChild } from "../../testing/start-child.ts";
import { startTestApp } from "../../testing/start-test-app.ts";

/** Kills the child in the middle of its work. @returns what it had acknowledged: id and hash */
function uploadUntilKilled(dataDir: string, pictures: number): Promise<ReadonlyMap<string, string>> {
  const child = startChild(new URL("../../testing/content/upload-until-killed.ts", import.meta.url), [dataDir]);
  return new Promise((resolve, reject) => {
    let output = "";
    let errors = "";
    const limit = setTimeout(() => child.kill("SIGKILL"), 100_000);
    const stored = () => [...output.matchAll(/^stored (\S+) (\S+)$/gm)];
    child.stderr?.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
      if (stored().length >= pictures) child.kill("SIGKILL");
    });
    child.once("close", () => {
      clearTimeout(limit);
      const found = new Map(stored().map(([, id = "", sha256 = ""]) => [id, sha256]));
      if (found.size < pictures) reject(new Error(`not killed in time: ${errors}`));
      else resolve(found);
    });
  });
}

describe("a library whose process is killed in the middle of uploads", () => {
  it("has every picture that was acknowledged, whole, and no half one", async () => {
    const dataDir = await createDataDir();
    try {
      const pictures = 12;
      const stored = await uploadUntilKilled(dataDir, pictures);
      const app = await startTestApp({ dataDir });
      try {
        const { items } = await app.assets.list({}, { limit: 200 });
        const shaById = new Map(items.map(({ id, file }) => [id, file.sha256]));
        expect([...stored].filter(([id, sha256]) => shaById.get(id) !== sha256)).toEqual([]);
        for (const id of shaById.keys())
          expect((await app.call("GET", `/assets/${id}/original`, undefined, {})).status).toBe(200);
        const files = join(dataDir, "assets", "files");
        const names = readdirSync(files, { recursive: true, encoding: "utf8" }).filter((name) => name.length === 67);
        expect(names.length).toBeGreaterThanOrEqual(pictures);
        for (const name of names) expect(name).toContain(sha256Hex(readFileSync(join(files, name))));
      } finally {
        await app.close();
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 150_000);
});
