// Where the bytes of pictures lie, each under the SHA-256 of itself: what is there is never changed, and the same picture is
// there once. Two places exist: a folder of this machine, and a bucket.
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { ClienteleError, newId } from "../../kernel/index.ts";

export type StoredBlob = { readonly sha256: string; readonly modifiedAtMs: number };

export type Blobs = {
  /** Stores bytes whole or not at all; storing what is there renews its time. */
  readonly put: (sha256: string, data: Buffer, mediaType: string) => Promise<void>;
  /** @throws {ClienteleError} `assets.missing` */
  readonly open: (sha256: string) => Promise<Readable>;
  readonly remove: (sha256: string) => Promise<void>;
  /** Everything that is there, in pieces. */
  readonly list: () => AsyncIterable<readonly StoredBlob[]>;
};

const hashPattern = /^[0-9a-f]{64}$/;
const partEnding = ".part";
/** No upload takes this long: what is older was left by a process that died. */
const abandonedMs = 3_600_000;

export function missingBlob(sha256: string, cause?: unknown): ClienteleError {
  return new ClienteleError("assets.missing", `the bytes ${sha256} of an asset are not in the store`, { cause });
}

/** Writes a file that appears whole or not at all, and stays after a power cut. */
export async function writeWhole(folder: string, name: string, data: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const part = join(folder, `${newId()}${partEnding}`);
  try {
    const file = await open(part, "wx", 0o600);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, join(folder, name));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Removes what a process left half written. */
export async function removeParts(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith(partEnding)) continue;
    const at = await stat(join(folder, name)).catch(() => undefined);
    if (at && nowMs - at.mtimeMs > abandonedMs) await rm(join(folder, name), { force: true });
  }
}

/** Pictures in a folder: `ab/abcd…`. */
export function createFolderBlobs(root: string): Blobs {
  const folderOf = (sha256: string) => join(root, sha256.slice(0, 2));
  const pathOf = (sha256: string) => join(folderOf(sha256), sha256);

  return {
    put: async (sha256, data) => {
      const now = new Date();
      const isThere = await utimes(pathOf(sha256), now, now).then(
        () => true,
        () => false,
      );
      if (!isThere) await writeWhole(folderOf(sha256), sha256, data);
    },
    open: (sha256) =>
      new Promise((resolve, reject) => {
        const stream = createReadStream(pathOf(sha256));
        stream.once("open", () => resolve(stream));
        stream.once("error", (cause) => reject(missingBlob(sha256, cause)));
      }),
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
    list: async function* () {
      for (const shelf of (await readdir(root).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
        await removeParts(join(root, shelf), Date.now());
        const found: StoredBlob[] = [];
        for (const name of await readdir(join(root, shelf))) {
          const at = hashPattern.test(name) ? await stat(join(root, shelf, name)).catch(() => undefined) : undefined;
          if (at) found.push({ sha256: name, modifiedAtMs: at.mtimeMs });
        }
        yield found;
      }
    },
  };
}

/** What a bucket can do; the S3 client of the connectors fits. */
export type Bucket = {
  readonly put: (key: string, body: Buffer, contentType: string) => Promise<void>;
  readonly read: (key: string) => Promise<Readable>;
  readonly remove: (key: string) => Promise<void>;
  readonly list: (
    prefix: string,
    after?: string,
  ) => Promise<{ readonly objects: readonly { key: string; modifiedAt: number }[]; readonly next?: string }>;
};

/** Pictures in a bucket, below a prefix. An object store shows an object whole or not at all by itself. */
export function createBucketBlobs(bucket: Bucket, prefix: string): Blobs {
  const keyOf = (sha256: string) => `${prefix}${sha256.slice(0, 2)}/${sha256}`;
  return {
    put: (sha256, data, mediaType) => bucket.put(keyOf(sha256), data, mediaType),
    open: async (sha256) => {
      try {
        return await bucket.read(keyOf(sha256));
      } catch (cause) {
        // A bucket that is away is not a picture that is lost.
        if (cause instanceof ClienteleError && cause.code === "connectors.unreachable") throw cause;
        throw missingBlob(sha256, cause);
      }
    },
    remove: (sha256) => bucket.remove(keyOf(sha256)),
    list: async function* () {
      let after: string | undefined;
      do {
        const page = await bucket.list(prefix, after);
        yield page.objects.flatMap(({ key, modifiedAt }) => {
          const sha256 = key.slice(-64);
          return hashPattern.test(sha256) && key === keyOf(sha256) ? [{ sha256, modifiedAtMs: modifiedAt }] : [];
        });
        after = page.next;
      } while (after !== undefined);
    },
  };
}
