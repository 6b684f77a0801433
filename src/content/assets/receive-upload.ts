import { createHash } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { ClienteleError, newId } from "../../kernel/index.ts";
import { sniffedBytes } from "./sniff-format.ts";

/** An upload on disk; `remove` is to be called in every case. */
export type ReceivedUpload = {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The first bytes. */
  readonly head: Buffer;
  readonly remove: () => Promise<void>;
};

/**
 * Writes an upload to a file of its own while it comes in; never more than a piece of it is in memory.
 *
 * @throws {ClienteleError} `assets.tooLarge` as soon as it passes the limit, `assets.upload` when it is empty or cut off
 */
export async function receiveUpload(body: Readable, folder: string, maxBytes: number): Promise<ReceivedUpload> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${newId()}.part`);
  const remove = () => rm(path, { force: true });
  const hash = createHash("sha256");
  const heads: Buffer[] = [];
  let bytes = 0;
  try {
    const file = await open(path, "wx", 0o600);
    try {
      for await (const chunk of body) {
        const piece: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
        if (bytes < sniffedBytes) heads.push(piece.subarray(0, sniffedBytes - bytes));
        bytes += piece.length;
        if (bytes > maxBytes)
          throw new ClienteleError("assets.tooLarge", `the file has more than ${maxBytes} bytes; make it smaller`);
        hash.update(piece);
        await file.writeFile(piece);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    await remove();
    if (error instanceof ClienteleError) throw error;
    if (body.destroyed && body.readableAborted)
      throw new ClienteleError("assets.upload", "the upload was cut off", { cause: error });
    throw error;
  }
  if (bytes === 0) {
    await remove();
    throw new ClienteleError("assets.upload", "the upload has no bytes; send those of one file as the body");
  }
  return { path, bytes, sha256: hash.digest("hex"), head: Buffer.concat(heads), remove };
}
