import type { Reason } from "@clientele/browser";
import { createValue } from "../state/value.ts";
import type { ListingQuery } from "./listing.ts";
import type { Subject } from "./use-decisions.ts";

/** What the "Why?" panel is asked about. */
export type WhySubject = {
  readonly title: string;
  /** What is shown, in a sentence. */
  readonly shown: string;
  readonly reasons: readonly Reason[];
  readonly score: number | null;
  /** The placement to explain, or the listing, and of either the product in question. */
  readonly placement?: string;
  readonly about?: Subject;
  readonly listing?: ListingQuery;
  readonly sku?: string;
  /** The cart whose offers are asked about. */
  readonly cart?: object;
  /** The product whose price is asked about. */
  readonly priceOf?: string;
  readonly decisionId?: string;
};

export const whySubject = createValue<WhySubject | null>(null);

export function openWhy(subject: WhySubject): void {
  whySubject.set(subject);
}
