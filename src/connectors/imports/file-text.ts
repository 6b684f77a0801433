// A file as a stream of text: unpacked, decoded, in pieces of bounded size.
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ClienteleError } from "../../kernel/index.ts";
import type { FileEncoding } from "./import.ts";

const gzipMagic = [0x1f, 0x8b];
/** Ends a file that unpacks without end; far above any order history. */
const maxDecodedBytes = 64 * 1024 ** 3;

export async function isGzipFile(path: string): Promise<boolean> {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && gzipMagic.every((byte, at) => buffer[at] === byte);
  } finally {
    await handle.close();
  }
}

export function unreadable(what: string, cause: unknown): ClienteleError {
  return new ClienteleError("imports.format", `${what} cannot be read to its end: it is missing, damaged or cut off`, {
    cause,
  });
}

/**
 * The bytes of a file, unpacked.
 *
 * @param onPacked told of each piece as it lies on disk
 * @throws {ClienteleError} `imports.format` when the file is missing, cut off or unpacks to more than 64 GB
 */
export async function* fileBytes(
  path: string,
  isGzip: boolean,
  onPacked: (piece: Buffer) => void = () => undefined,
): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { highWaterMark: 256 * 1024 });
  source.on("data", (piece) => onPacked(Buffer.isBuffer(piece) ? piece : Buffer.from(piece)));
  // Listening to data makes it flow; what reads it below sets the pace again.
  source.pause();
  let stream: Readable = source;
  if (isGzip) {
    const gunzip = createGunzip({ chunkSize: 256 * 1024 });
    source.on("error", (error) => gunzip.destroy(error));
    stream = source.pipe(gunzip);
  }
  let decoded = 0;
  try {
    for await (const piece of stream) {
      // Streams without an encoding yield buffers.
      const bytes = piece as Buffer;
      decoded += bytes.length;
      if (decoded > maxDecodedBytes)
        throw new ClienteleError("imports.format", "the file unpacks to more than 64 GB; cut it into several");
      yield bytes;
    }
  } catch (error) {
    if (error instanceof ClienteleError) throw error;
    throw unreadable("the file", error);
  } finally {
    source.destroy();
    stream.destroy();
  }
}

/** The text of a file in pieces; a byte order mark is left out, bytes that the encoding does not know become U+FFFD. */
export async function* fileText(bytes: AsyncIterable<Buffer>, encoding: FileEncoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of bytes) {
    const text = decoder.decode(piece, { stream: true });
    if (text !== "") yield text;
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}
