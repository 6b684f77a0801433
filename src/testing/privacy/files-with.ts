import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Files below a folder that hold one of the texts, byte by byte. */
export function filesWith(texts: readonly string[], folder: string): readonly string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch {
      // The engine removed it meanwhile.
      continue;
    }
    for (const text of texts) if (bytes.includes(text)) found.push(`${path.slice(folder.length + 1)}: ${text}`);
  }
  return found;
}
