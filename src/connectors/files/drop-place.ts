import type { Readable } from "node:stream";

/** A file that was found. `version` changes with its content. */
export type FoundFile = {
  readonly path: string;
  readonly version: string;
  readonly size: number;
  readonly modifiedAt: number;
};

/** Where files are dropped: a folder or a bucket. */
export type DropPlace = {
  /** Files whose name fits, in order of path; at most `limit`. */
  readonly list: (fits: (name: string) => boolean, limit: number, signal: AbortSignal) => Promise<readonly FoundFile[]>;
  /** The bytes; fails when the file was replaced meanwhile. */
  readonly open: (file: FoundFile, signal: AbortSignal) => Promise<Readable>;
  /** Moves a file into a folder beside it. */
  readonly moveTo: (file: FoundFile, folder: "done" | "failed", signal: AbortSignal) => Promise<void>;
};

/** Tests names against a pattern in which `*` stands for any letters; upper and lower case differ. */
export function createNameFilter(pattern: string): (name: string) => boolean {
  // Split by hand: a regular expression from outside could take for ever.
  const parts = pattern.split("*");
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  return (name) => {
    if (last === undefined) return name === pattern;
    if (!name.startsWith(first) || name.length < first.length + last.length) return false;
    let at = first.length;
    const end = name.length - last.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return name.endsWith(last);
  };
}
