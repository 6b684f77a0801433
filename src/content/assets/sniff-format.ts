import type { AssetFormat } from "./asset.ts";

/** Bytes of a file that decide what it is. */
export const sniffedBytes = 64;

const text = (head: Uint8Array, from: number, to: number) => String.fromCharCode(...head.subarray(from, to));

/** AVIF among the files of its container: the main brand or one of the compatible ones. */
function isAvif(head: Uint8Array): boolean {
  if (text(head, 4, 8) !== "ftyp") return false;
  const brands = text(head, 8, 12) + text(head, 16, sniffedBytes);
  return /^(?:.{4})*?avi[fs]/s.test(brands);
}

/** The format of a picture by its first bytes, whatever its name says; undefined for everything else. */
export function sniffFormat(head: Uint8Array): AssetFormat | undefined {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return "jpeg";
  if (text(head, 0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (/^GIF8[79]a$/.test(text(head, 0, 6))) return "gif";
  if (text(head, 0, 4) === "RIFF" && text(head, 8, 12) === "WEBP") return "webp";
  return isAvif(head) ? "avif" : undefined;
}
