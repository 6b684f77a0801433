import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { ClienteleError } from "../../kernel/index.ts";

/** Appends to a file; on any fault the file is as long as before. */
export async function appendToFile(path: string, size: number, piece: Readable, maxBytes: number): Promise<void> {
  const handle = await open(path, "r+");
  let at = size;
  try {
    for await (const chunk of piece) {
      // Request bodies are streams of bytes.
      const bytes = chunk as Buffer;
      if (at + bytes.length > maxBytes)
        throw new ClienteleError("imports.tooLarge", `an uploaded file may have ${maxBytes} bytes`);
      for (let from = 0; from < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, from, bytes.length - from, at);
        from += bytesWritten;
        at += bytesWritten;
      }
    }
    await handle.sync();
  } catch (error) {
    await handle.truncate(size);
    if (error instanceof ClienteleError) throw error;
    throw new ClienteleError("imports.upload", "the upload was cut off; send the piece again", { cause: error });
  } finally {
    await handle.close();
  }
}
