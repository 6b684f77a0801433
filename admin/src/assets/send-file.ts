import { csrfHeaders, readRefusal, withParams } from "../api/client.ts";
import type { Asset } from "./shapes.ts";

export type Sent = { readonly asset: Asset; readonly isDuplicate: boolean };
type Options = {
  readonly signal: AbortSignal;
  /** @param ratio of the file that has left, 0..1 */
  readonly onProgress: (ratio: number) => void;
};

/** A slow line may need minutes. */
const timeoutMs = 10 * 60_000;

/** Sends the bytes of a file. XMLHttpRequest, since fetch tells nothing of what has left. */
function send(method: "POST" | "PUT", path: string, file: File, headers: Record<string, string>, options: Options) {
  return new Promise<unknown>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.timeout = timeoutMs;
    const all = {
      "content-type": "application/octet-stream",
      accept: "application/json",
      ...csrfHeaders(),
      ...headers,
    };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total, lengthComputable }) =>
      options.onProgress(lengthComputable && total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status < 200 || request.status > 299) {
        reject(readRefusal(request.status, request.responseText));
        return;
      }
      try {
        resolve(JSON.parse(request.responseText));
      } catch (error) {
        reject(error);
      }
    };
    request.onerror = () => reject(new TypeError("network"));
    request.ontimeout = () => reject(new DOMException("timeout", "TimeoutError"));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    options.signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** @throws {ApiError} for a refusal; {TypeError} when the server cannot be reached */
export async function uploadAsset(
  file: File,
  { folder, allowDuplicate }: { readonly folder: string; readonly allowDuplicate: boolean },
  options: Options,
): Promise<Sent> {
  const path = withParams("/v1/assets", { fileName: file.name, folder, allowDuplicate });
  // The server checks its answers against the schema of the route.
  return (await send("POST", path, file, {}, options)) as Sent;
}

/** Another file for a picture; the old one stays as a version. */
export async function replaceFile(asset: Asset, file: File, options: Options): Promise<Asset> {
  const path = withParams(`/v1/assets/${asset.id}/file`, { fileName: file.name });
  return (await send("PUT", path, file, { "if-match": `"${asset.etag}"` }, options)) as Asset;
}
