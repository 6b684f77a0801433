import { createHash } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import { isObject } from "../../kernel/index.ts";
import type { IndexImage } from "./index-image.ts";

// File of an index: one line of JSON (format, key, lengths, checksum), then the bytes of the JSON document and of each array.
// It is written beside its place and renamed, so that a reader sees the old one or the new one, whole.

/** Raise it when segments, analysis or documents change: older files are then built anew. */
const format = 1;
const maxHeader = 1_000_000;
/** Bytes written, read or hashed between two looks at requests: about 2 ms. */
const chunk = 4 * 1024 ** 2;

/** What the content belongs to; a file with another key is of no use. */
export type IndexFileKey = {
  readonly locale: string;
  /** Attributes and categories, as a hash. */
  readonly schema: string;
};

export type StoredIndex = {
  readonly image: IndexImage;
  /** Catalog version that is in the index. */
  readonly version: number;
  /** Newest `updatedAt` of its products. */
  readonly newestMs: number;
};

type Header = IndexFileKey & {
  readonly format: number;
  readonly version: number;
  readonly newestMs: number;
  readonly json: number;
  readonly arrays: readonly { readonly kind: IndexImage["arrays"][number]["kind"]; readonly length: number }[];
  readonly sha256: string;
};

export async function writeIndex(path: string, key: IndexFileKey, stored: StoredIndex): Promise<void> {
  const { image, version, newestMs } = stored;
  const json = Buffer.from(image.json);
  const parts = [json, ...image.arrays.map(({ bytes }) => bytes)];
  const header: Header = {
    ...{ format, ...key, version, newestMs, json: json.length },
    arrays: image.arrays.map(({ kind, bytes }) => ({ kind, length: bytes.length })),
    sha256: await hashOf(parts),
  };
  await mkdir(dirname(path), { recursive: true });
  // Two processes of one folder must not write into one file.
  const temporary = `${path}.${process.pid}.new`;
  const file = await open(temporary, "w");
  try {
    await file.writeFile(`${JSON.stringify(header)}\n`);
    for (const part of parts)
      for (let at = 0; at < part.length; at += chunk) await file.writeFile(part.subarray(at, at + chunk));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** @returns undefined without a file, or with one of another format, key or content than it says */
export async function readIndex(path: string, key: IndexFileKey): Promise<StoredIndex | undefined> {
  const file = await open(path, "r").catch(() => undefined);
  if (!file) return undefined;
  try {
    const start = Buffer.alloc(maxHeader);
    const { bytesRead } = await file.read(start, 0, maxHeader, 0);
    const end = start.subarray(0, bytesRead).indexOf(10);
    const header = end < 0 ? undefined : parseHeader(start.toString("utf8", 0, end));
    if (!header || header.format !== format || header.locale !== key.locale || header.schema !== key.schema)
      return undefined;
    const lengths = [header.json, ...header.arrays.map(({ length }) => length)];
    const { size } = await file.stat();
    if (lengths.reduce((sum, length) => sum + length, end + 1) !== size) return undefined;
    const parts: Uint8Array[] = [];
    let position = end + 1;
    for (const length of lengths) {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += chunk)
        await file.read(bytes, at, Math.min(chunk, length - at), position + at);
      position += length;
      parts.push(bytes);
    }
    if ((await hashOf(parts)) !== header.sha256) return undefined;
    const [json = new Uint8Array(), ...arrays] = parts;
    return {
      image: {
        json: Buffer.from(json.buffer).toString("utf8"),
        arrays: header.arrays.map(({ kind }, at) => ({ kind, bytes: arrays[at] ?? new Uint8Array() })),
      },
      version: header.version,
      newestMs: header.newestMs,
    };
  } finally {
    await file.close();
  }
}

/** Takes a file that led astray out of the way. */
export async function removeIndex(path: string): Promise<void> {
  await rm(path, { force: true });
}

function parseHeader(text: string): Header | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && typeof value["json"] === "number" && Array.isArray(value["arrays"])
      ? (value as unknown as Header) // what the checksum covers is compared below
      : undefined;
  } catch {
    return undefined;
  }
}

async function hashOf(parts: readonly Uint8Array[]): Promise<string> {
  const hash = createHash("sha256");
  for (const part of parts) {
    for (let at = 0; at < part.length; at += chunk) {
      hash.update(part.subarray(at, at + chunk));
      await pause();
    }
  }
  return hash.digest("hex");
}
