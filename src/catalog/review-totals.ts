import { isObject, plainNumber } from "../kernel/index.ts";
import type { ProductReview } from "./product.ts";
import { cleanText } from "./read-fields.ts";
import type { ReviewSummary } from "./store.ts";

const keptReviews = 100;

export type ReviewTotals = {
  /** @returns why the row was refused, or undefined */
  add(row: unknown): string | undefined;
  batches(size: number): Iterable<readonly ReviewSummary[]>;
};

function toText(value: unknown, maxLength: number): string {
  return typeof value === "string" ? cleanText(value, maxLength) : "";
}

/** Adds up reviews by product: all ratings count, the first 100 texts of a product are kept. Addresses of reviewers are not. */
export function createReviewTotals(): ReviewTotals {
  const totals = new Map<string, { sum: number; count: number; reviews: ProductReview[] }>();
  return {
    add: (row) => {
      if (!isObject(row)) return "the row is no object";
      const sku = toText(row["sku"], 64);
      const rating = plainNumber(row["rating"]);
      if (sku === "") return "sku is missing";
      if (row["rating"] === null || !(rating >= 1 && rating <= 5)) return "rating must be a number from 1 to 5";
      const total = totals.get(sku) ?? { sum: 0, count: 0, reviews: [] };
      total.sum += rating;
      total.count += 1;
      if (total.reviews.length < keptReviews) {
        total.reviews.push({
          rating,
          title: toText(row["title"], 500),
          text: toText(row["text"], 10_000),
          reviewer: toText(row["reviewer"], 200),
        });
      }
      totals.set(sku, total);
      return undefined;
    },
    *batches(size) {
      let batch: ReviewSummary[] = [];
      for (const [sku, { sum, count, reviews }] of totals) {
        batch.push({ sku, average: Math.round((sum / count) * 100) / 100, count, reviews });
        if (batch.length < size) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    },
  };
}
