import type { S3 } from "../net/s3-client.ts";
import type { DropPlace, FoundFile } from "./drop-place.ts";

const maxPages = 100;

/** Objects directly below a prefix of a bucket. */
export function createS3Place(s3: S3, prefix: string): DropPlace {
  const nameOf = (key: string) => key.slice(prefix.length);
  return {
    list: async (fits, limit, signal) => {
      const files: FoundFile[] = [];
      let after: string | undefined;
      for (let page = 0; page < maxPages; page += 1) {
        const { objects, next } = await s3.list(prefix, after, signal);
        for (const { key, etag, size, modifiedAt } of objects) {
          const name = nameOf(key);
          // What lies deeper is done, failed, or not ours.
          if (name === "" || name.includes("/") || !fits(name)) continue;
          files.push({ path: name, version: `${etag}-${size}`, size, modifiedAt });
          if (files.length === limit) return files;
        }
        if (next === undefined) break;
        after = next;
      }
      return files;
    },
    open: (file, signal) => s3.get(prefix + file.path, file.version.slice(0, file.version.lastIndexOf("-")), signal),
    moveTo: (file, folder, signal) => s3.move(prefix + file.path, `${prefix}${folder}/${file.path}`, signal),
  };
}
