import type { Past } from "./simulation-job.ts";

export type PastQuery = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  /** Empty = all. */
  readonly storeView: string;
  /** Only what a server told. */
  readonly trusted: boolean;
};

/** An order or cart, and where the event store has it. */
export type FoundPast = {
  readonly id: string;
  /** Of those who told of it. */
  readonly keys: readonly string[];
  readonly sinceMs: number;
  readonly untilMs: number;
};

/** With the profile that it belonged to; empty = nobody known. */
export type OwnedPast = { readonly past: Past; readonly profileId: string };

/** Orders, or carts, of the past. */
export type PastStore = {
  /** The newest first, and in which currencies they are. */
  readonly newest: (
    query: PastQuery,
  ) => Promise<{ readonly found: readonly FoundPast[]; readonly currencies: readonly string[] }>;
  readonly read: (query: PastQuery, found: readonly FoundPast[]) => Promise<readonly OwnedPast[]>;
};
