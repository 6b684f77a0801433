import { hash } from "node:crypto";

/** 128-bit hash of (source, message id) in UUID form, the key of de-duplication. */
export function messageHash(sourceId: string, messageId: string): string {
  const hex = hash("md5", `${sourceId}\0${messageId}`, "hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
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
