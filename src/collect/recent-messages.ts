import { hash } from "node:crypto";

/**
 * 128-bit hash of (source, message id), the key of de-duplication: 32 hex digits, which PostgreSQL takes for a UUID. Putting the
 * dashes in cost nine short texts for every event.
 */
export function messageHash(sourceId: string, messageId: string): string {
  return hash("md5", `${sourceId}\0${messageId}`, "hex");
}

/** A bounded memory of acknowledged messages: two generations, the older one dropped when the newer one is full. */
export type RecentMessages = { readonly has: (hash: string) => boolean; readonly add: (hash: string) => void };

export function createRecentMessages(capacity: number): RecentMessages {
  let newer = new Set<string>();
  let older = new Set<string>();
  return {
    has: (hash) => newer.has(hash) || older.has(hash),
    add: (hash) => {
      newer.add(hash);
      if (newer.size >= capacity / 2) {
        older = newer;
        newer = new Set();
      }
    },
  };
}
