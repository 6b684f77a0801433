import { readRefusal } from "../api/client.ts";

/**
 * Fetches a file and hands it to the browser's downloads. As a request and not as a link, so that a refusal is told in its own words;
 * the browser holds the file in memory or on disk until it is saved.
 *
 * @param signal ends it; what has come is thrown away
 * @throws {ApiError} for a refusal; {DOMException} AbortError when `signal` ended it; {TypeError} when the server cannot be reached or the line broke
 */
export async function download(path: string, name: string, signal?: AbortSignal): Promise<void> {
  const response = await fetch(path, { credentials: "same-origin", ...(signal ? { signal } : {}) });
  if (!response.ok) throw readRefusal(response.status, await response.text());
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file over by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
