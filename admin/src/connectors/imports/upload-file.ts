/** A whole file to an import, piece by piece: what was cut off goes on from the bytes that arrived. */
import { ApiError, get } from "../../api/client.ts";
import { sendPiece } from "./send-piece.ts";
import type { Import } from "./shapes.ts";

/** Large enough that the pauses between pieces do not count, small enough that a lost one costs little. */
const pieceBytes = 8 * 1024 * 1024;
const maxAttempts = 4;
const firstWaitMs = 500;

export type UploadOptions = {
  readonly signal: AbortSignal;
  /** @param bytes of the file that have left */
  readonly onProgress: (bytes: number) => void;
};

function mayPass(error: unknown): boolean {
  // Of a piece that arrived while its answer was lost, the repeat is refused: then only a look tells.
  if (error instanceof ApiError)
    return error.status >= 500 || error.code === "imports.offset" || error.code === "imports.state";
  return error instanceof TypeError;
}

/**
 * Sends a file from where the server has it.
 *
 * @param from bytes that arrived before
 * @throws what the server said last, after 4 attempts at one piece
 */
export async function uploadFile(id: string, file: Blob, from: number, options: UploadOptions): Promise<void> {
  let offset = from;
  let attempt = 0;
  // An empty file is one empty piece: the server says what is wrong with it.
  do {
    const start = offset;
    const piece = file.slice(start, start + pieceBytes);
    const isLast = start + piece.size >= file.size;
    try {
      await sendPiece(id, piece, start, isLast, {
        signal: options.signal,
        onProgress: (bytes) => options.onProgress(Math.min(file.size, start + bytes)),
      });
      offset = start + piece.size;
      attempt = 0;
      if (isLast) return;
    } catch (error) {
      attempt += 1;
      if (options.signal.aborted || !mayPass(error) || attempt >= maxAttempts) throw error;
      await wait(firstWaitMs * 2 ** attempt, options.signal);
      const { storedBytes, isFileComplete } = await get<Import>(`/v1/imports/${id}`);
      if (isFileComplete) {
        if (storedBytes === file.size) return;
        throw error;
      }
      offset = storedBytes;
      options.onProgress(offset);
    }
  } while (offset <= file.size);
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("the upload was stopped", "AbortError"));
    });
  });
}
