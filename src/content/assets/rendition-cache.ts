import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { removeParts, writeWhole } from "./blobs.ts";

/** Renditions on disk: what is lost is made again, what was not asked for longest goes first. */
export type RenditionCache = {
  readonly read: (key: string) => Promise<Buffer | undefined>;
  readonly write: (key: string, data: Buffer) => Promise<void>;
  readonly bytes: () => number;
};

const keyPattern = /^[0-9a-f]{2}[0-9a-z.]{1,60}$/;
/** The order of use survives a restart to the hour. */
const touchAfterMs = 3_600_000;

type Entry = { bytes: number; touchedAtMs: number };

/** @param folder of this process alone @param maxBytes above it the oldest are removed */
export function createRenditionCache(folder: string, maxBytes: number, now: () => number): RenditionCache {
  // In order of use: a map keeps the order of insertion.
  const entries = new Map<string, Entry>();
  let total = 0;
  const pathOf = (key: string) => join(folder, key.slice(0, 2), key);

  const readFolder = async (): Promise<void> => {
    const found: (readonly [string, Entry])[] = [];
    for (const shelf of await readdir(folder).catch(() => [])) {
      await removeParts(join(folder, shelf), now());
      for (const key of (await readdir(join(folder, shelf)).catch(() => [])).filter((name) => keyPattern.test(name))) {
        const at = await stat(join(folder, shelf, key)).catch(() => undefined);
        if (at) found.push([key, { bytes: at.size, touchedAtMs: at.mtimeMs }]);
      }
    }
    found.sort(([, a], [, b]) => a.touchedAtMs - b.touchedAtMs);
    for (const [key, entry] of found) {
      entries.set(key, entry);
      total += entry.bytes;
    }
  };
  let ready: Promise<void> | undefined;
  const whenReady = (): Promise<void> => {
    ready ??= readFolder();
    return ready;
  };
  const forget = (key: string): void => {
    total -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  const evict = async (): Promise<void> => {
    for (const key of entries.keys()) {
      if (total <= maxBytes) return;
      forget(key);
      await rm(pathOf(key), { force: true });
    }
  };

  return {
    read: async (key) => {
      await whenReady();
      const entry = entries.get(key);
      if (!entry) return undefined;
      try {
        const data = await readFile(pathOf(key));
        if (entries.delete(key)) entries.set(key, entry);
        if (now() - entry.touchedAtMs > touchAfterMs) {
          entry.touchedAtMs = now();
          await utimes(pathOf(key), new Date(now()), new Date(now()));
        }
        return data;
      } catch {
        // Removed by hand, or by the bound meanwhile: it is made again.
        forget(key);
        return undefined;
      }
    },
    write: async (key, data) => {
      await whenReady();
      if (data.length > maxBytes) return;
      await writeWhole(join(folder, key.slice(0, 2)), key, data);
      forget(key);
      entries.set(key, { bytes: data.length, touchedAtMs: now() });
      total += data.length;
      await evict();
    },
    bytes: () => total,
  };
}
