/** A file of entries on its way to a list: raw, because it may be large, and longer than other requests may take. */
import { csrfHeaders, readRefusal, withParams } from "../../api/client.ts";
import type { EntriesUpload, UploadCounts, UploadedList } from "./shapes.ts";

export type UploadAnswer = UploadCounts & { readonly list: UploadedList };

/** A million values take some seconds; a slow line may need minutes. */
const timeoutMs = 10 * 60_000;

/** @throws {ApiError} for a refusal; {TypeError} when the server cannot be reached */
export async function sendEntries(key: string, upload: EntriesUpload, isPreview: boolean): Promise<UploadAnswer> {
  const path = withParams(`/v1/lists/${encodeURIComponent(key)}/entries`, {
    mode: upload.mode,
    hashed: upload.isHashed,
    column: upload.isPlain ? "" : upload.column.trim(),
    preview: isPreview,
  });
  const response = await fetch(path, {
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": upload.isPlain ? "text/plain" : "text/csv",
      ...csrfHeaders(),
    },
    credentials: "same-origin",
    signal: AbortSignal.timeout(timeoutMs),
    body: upload.content,
  });
  const text = await response.text();
  if (!response.ok) throw readRefusal(response.status, text);
  // The server checks its answers against the schema of the route.
  return JSON.parse(text) as UploadAnswer;
}
