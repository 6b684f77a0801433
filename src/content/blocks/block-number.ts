import { sha256Hex } from "../../kernel/index.ts";

const digits = 12;

/**
 * The number by which Adobe's protocols know a block: 48 bits of a hash of its key, so that it is the same in every process and after
 * an export and import, and no table has to be kept. Two of 10,000 blocks share one with a probability of 2 in 10 million.
 */
export function blockNumber(key: string): number {
  return Number.parseInt(sha256Hex(`block:${key}`).slice(0, digits), 16);
}

/** Base64 of the number, as GraphQL answers it. */
export function blockUid(key: string): string {
  return Buffer.from(String(blockNumber(key))).toString("base64");
}
