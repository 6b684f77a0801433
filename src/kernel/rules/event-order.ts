/**
 * Which of two events comes first: the one with the earlier timestamp; of one millisecond the one that was received earlier; of one
 * receipt the one with the smaller message id. Rows of sequence steps hold this as numbers, so that profiles, counts over the event
 * store and SQL agree. Of a message id they hold the first 12 bytes, and a hash that tells apart what begins alike.
 */
import { sha256Hex } from "../hashing.ts";
import type { RuleEvent } from "./event-leaf-spec.ts";

/** Numbers that follow the timestamp in a row: delay of the receipt, two pieces of the message id, hash. */
export const orderCells = 4;
/** Bytes of a message id that one number holds exactly. */
const pieceBytes = 6;
const hashDigits = 6;
const encoder = new TextEncoder();

/** @returns `orderCells` numbers; compared one after the other they order events of one millisecond */
export function orderOfEvent({ timestamp, receivedAt, messageId, source }: RuleEvent): readonly number[] {
  const id = typeof messageId === "string" ? messageId : "";
  // One more than needed: a pair of surrogates must not be cut.
  const bytes = encoder.encode(id.slice(0, 2 * pieceBytes + 1));
  const hash = sha256Hex(`${typeof source === "string" ? source : ""}\0${id}`).slice(0, hashDigits);
  return [
    typeof receivedAt === "number" ? receivedAt - timestamp : 0,
    pieceOf(bytes, 0),
    pieceOf(bytes, pieceBytes),
    Number.parseInt(hash, 16),
  ];
}

function pieceOf(bytes: Uint8Array, start: number): number {
  let piece = 0;
  for (let at = start; at < start + pieceBytes; at += 1) piece = piece * 256 + (bytes[at] ?? 0);
  return piece;
}

/** Negative when the row at `a` comes before the row at `b`, by its first `width` numbers. */
export function compareRows(
  rowsA: readonly number[],
  a: number,
  rowsB: readonly number[],
  b: number,
  width: number,
): number {
  for (let cell = 0; cell < width; cell += 1) {
    const difference = (rowsA[a + cell] ?? 0) - (rowsB[b + cell] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
