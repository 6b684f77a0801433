import { createHash } from "node:crypto";
import type { CatalogSnapshot } from "../../catalog/index.ts";
import type { Clock, Logger } from "../../kernel/index.ts";
import { fromImage, toImage } from "./index-image.ts";
import type { IndexState, ProductIndex } from "./product-index.ts";
import { type IndexFileKey, readIndex, removeIndex, writeIndex } from "./store.ts";

/** An index as it was saved, and what the catalog was then. */
export type SavedIndex = {
  readonly state: IndexState;
  /** Version of the catalog that is in it. */
  readonly version: number;
  /** Newest `updatedAt` of the catalog then. */
  readonly newestMs: number;
  /** Parent of each variant that is part of a document. */
  readonly parents: readonly (readonly [variant: string, parent: string])[];
};

export type IndexFile = {
  /** @returns undefined when there is none, or none that fits: build the index then */
  readonly load: (snapshot: CatalogSnapshot) => Promise<SavedIndex | undefined>;
  /** Takes the index as it is now, and writes it in slices. A failure is logged: the next start builds the index. */
  readonly save: (index: ProductIndex, content: SavedContent) => Promise<void>;
  /** The same when the index has changed and the last time is long enough ago. */
  readonly saveIfDue: (index: ProductIndex, content: SavedContent) => void;
};

export type SavedContent = {
  readonly snapshot: CatalogSnapshot;
  readonly parents: ReadonlyMap<string, string>;
};

/** Pause between two files: a restart applies what changed since, so the file need not be new. */
const saveIntervalMs = 600_000;

/** True when the file would be of no use: what it was built from reads otherwise now. */
function keyOf(locale: string, { attributes, categories }: CatalogSnapshot): IndexFileKey {
  const names = [...categories].map(([path, { name }]) => [path, name]);
  const schema = createHash("sha256")
    .update(JSON.stringify([[...attributes], names]))
    .digest("hex");
  return { locale, schema };
}

function newestOf({ products }: CatalogSnapshot): number {
  let newestMs = 0;
  for (const { updatedAt } of products.values()) if (updatedAt > newestMs) newestMs = updatedAt;
  return newestMs;
}

/** False when the catalog cannot have grown out of what was saved: another database, or one that was set back. */
function isEarlier(
  { version, newestMs }: Pick<SavedIndex, "version" | "newestMs">,
  snapshot: CatalogSnapshot,
): boolean {
  if (version === snapshot.version) return newestMs === newestOf(snapshot);
  return version < snapshot.version;
}

export function createIndexFile(deps: {
  readonly path: string;
  readonly locale: string;
  readonly clock: Clock;
  readonly logger: Logger;
}): IndexFile {
  const { path, locale, clock, logger } = deps;
  let savedIndex: ProductIndex | undefined;
  let savedVersion = -1;
  let savedAt = Number.NEGATIVE_INFINITY;
  let saving: Promise<void> = Promise.resolve();

  async function write(index: ProductIndex, { snapshot, parents }: SavedContent): Promise<void> {
    savedIndex = index;
    savedVersion = index.version();
    savedAt = clock.now();
    const image = toImage(index.state());
    const extra = { kind: "u8", bytes: Buffer.from(JSON.stringify([...parents])) } as const;
    try {
      await writeIndex(path, keyOf(locale, snapshot), {
        image: { ...image, arrays: [...image.arrays, extra] },
        version: snapshot.version,
        newestMs: newestOf(snapshot),
      });
    } catch (cause) {
      logger.warn({ err: cause }, "search index not written; the next start builds it");
    }
  }

  async function load(snapshot: CatalogSnapshot): Promise<SavedIndex | undefined> {
    try {
      const stored = await readIndex(path, keyOf(locale, snapshot));
      if (!stored || !isEarlier(stored, snapshot)) return undefined;
      const last = stored.image.arrays.at(-1);
      const parents = JSON.parse(Buffer.from(last?.bytes ?? []).toString("utf8")) as SavedIndex["parents"]; // as `write` made it
      const { version, newestMs } = stored;
      return { state: fromImage(stored.image), version, newestMs, parents };
    } catch (cause) {
      logger.warn({ err: cause }, "search index file not usable; the index is built");
      await removeIndex(path).catch(() => undefined);
      return undefined;
    }
  }

  function save(index: ProductIndex, content: SavedContent): Promise<void> {
    saving = saving.then(() => write(index, content));
    return saving;
  }

  return {
    load,
    save,
    saveIfDue(index, content) {
      const isSame = index === savedIndex && index.version() === savedVersion;
      if (!isSame && (index !== savedIndex || clock.now() - savedAt >= saveIntervalMs)) void save(index, content);
    },
  };
}
