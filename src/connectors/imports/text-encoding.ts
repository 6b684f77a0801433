// Which encoding a text file has, told from its bytes: a mark at its start, zeros where UTF-16 has them, valid UTF-8, else the
// encoding that Excel writes in the west.
import type { FileEncoding } from "./import.ts";

const marks: readonly { readonly bytes: readonly number[]; readonly encoding: FileEncoding }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: "utf-8" },
  { bytes: [0xff, 0xfe], encoding: "utf-16le" },
  { bytes: [0xfe, 0xff], encoding: "utf-16be" },
];

function markOf(start: Uint8Array): FileEncoding | undefined {
  return marks.find(({ bytes }) => bytes.every((byte, index) => start[index] === byte))?.encoding;
}

/** Latin text in UTF-16 has a zero in nearly every second byte. */
const zeroShare = 0.3;

function utf16Of(start: Uint8Array): FileEncoding | undefined {
  let even = 0;
  let odd = 0;
  for (const [index, byte] of start.entries()) {
    if (byte !== 0) continue;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  }
  const half = start.length / 2;
  if (half < 2) return undefined;
  if (odd / half > zeroShare && even / half < zeroShare / 3) return "utf-16le";
  return even / half > zeroShare && odd / half < zeroShare / 3 ? "utf-16be" : undefined;
}

/** Looks at every byte of a file, piece by piece; remembers nothing but the start. */
export function createEncodingDetector() {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let start: Uint8Array = new Uint8Array(0);
  let decided: FileEncoding | undefined;
  let isUtf8 = true;
  const keptBytes = 4_096;
  return {
    add: (piece: Uint8Array): void => {
      if (start.length < keptBytes) {
        start = Buffer.concat([start, piece.subarray(0, keptBytes - start.length)]);
        decided = markOf(start) ?? utf16Of(start);
      }
      if (!isUtf8 || decided === "utf-16le" || decided === "utf-16be") return;
      try {
        decoder.decode(piece, { stream: true });
      } catch {
        // The decoder says by throwing that the bytes are no UTF-8.
        isUtf8 = false;
      }
    },
    encoding: (): FileEncoding => {
      if (decided === "utf-16le" || decided === "utf-16be") return decided;
      try {
        decoder.decode();
      } catch {
        // The last letter is incomplete: no UTF-8 either.
        isUtf8 = false;
      }
      return isUtf8 ? "utf-8" : "windows-1252";
    },
  };
}
