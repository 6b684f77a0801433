// What decisions and the public address must know of every picture, in memory: 100,000 of them take about 60 MB.
import type { Asset } from "./asset.ts";
import type { AssetStore } from "./store.ts";

/** What is known of a picture without asking the database. */
export type AssetFact = Pick<Asset, "id" | "name" | "status" | "alt" | "focalPoint" | "rights" | "version" | "file">;

const perRead = 1_000;

export function createAssetIndex(store: AssetStore) {
  const facts = new Map<string, AssetFact>();
  let seen = 0;
  let reading: Promise<void> | undefined;

  const readChanges = async (): Promise<void> => {
    if (facts.size > 0 && (await store.seq()) === seen) return;
    let seq = seen;
    let afterId: string | null = null;
    for (;;) {
      const changes: Awaited<ReturnType<AssetStore["changedSince"]>> = await store.changedSince(seq, afterId, perRead);
      for (const { asset } of changes) {
        const { id, name, status, alt, focalPoint, rights, version, file } = asset;
        facts.set(id, { id, name, status, alt, focalPoint, rights, version, file });
      }
      const last = changes.at(-1);
      if (!last) break;
      // Several assets share the number of a moved folder.
      seq = last.seq;
      afterId = last.asset.id;
      if (changes.length < perRead) break;
    }
    seen = seq;
  };

  return {
    find: (id: string): AssetFact | undefined => facts.get(id),
    values: (): IterableIterator<AssetFact> => facts.values(),
    /** Reads what changed; calls that overlap see the changes of both. */
    refresh: async (): Promise<void> => {
      const before = reading;
      const own = (before ?? Promise.resolve()).catch(() => undefined).then(readChanges);
      reading = own;
      try {
        await own;
      } finally {
        if (reading === own) reading = undefined;
      }
    },
  };
}

export type AssetIndex = ReturnType<typeof createAssetIndex>;
