/** One piece of a file on its way to an import, with its progress, which `fetch` cannot tell. */
import { csrfHeaders, readRefusal } from "../../api/client.ts";

export type SendOptions = {
  readonly signal?: AbortSignal | undefined;
  /** @param bytes of the piece that have left */
  readonly onProgress?: (bytes: number) => void;
};

/** @throws {ApiError} for a refusal; {TypeError} when the server cannot be reached; {DOMException} AbortError */
export function sendPiece(
  id: string,
  piece: Blob,
  offset: number,
  isLast: boolean,
  options: SendOptions = {},
): Promise<void> {
  const { signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const settle = (work: () => void) => {
      signal?.removeEventListener("abort", stop);
      work();
    };
    request.open("PUT", `/v1/imports/${id}/file?offset=${offset}&last=${isLast}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onProgress?.(loaded);
    request.onload = () =>
      settle(() => (request.status < 300 ? resolve() : reject(readRefusal(request.status, request.responseText))));
    request.onerror = () => settle(() => reject(new TypeError("the upload was cut off")));
    request.onabort = () => settle(() => reject(new DOMException("the upload was stopped", "AbortError")));
    if (signal?.aborted) return reject(new DOMException("the upload was stopped", "AbortError"));
    signal?.addEventListener("abort", stop);
    request.send(piece);
  });
}
