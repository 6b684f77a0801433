import type { AnswerList, ListRequest } from "../../discovery/index.ts";
import type { Facet } from "../../search/index.ts";

const stars = [1, 2, 3, 4, 5];

/**
 * Products by whole stars, rounded down: what a choice of "4 and up" adds up to is what its filter finds.
 *
 * The index keeps ratings as numbers and counts no values of them, so each star is a query for its count.
 */
export function countRatings(answerList: AnswerList, request: ListRequest): Facet {
  const buckets = stars.map((star) => {
    const range = { attribute: "rating", values: [], ranges: [{ from: star, to: star + 1 }], isScope: true };
    const filters = [...(request.search.filters ?? []), range];
    const { total } = answerList({
      ...request,
      search: { ...request.search, filters, facets: [], offset: 0, limit: 1 },
      preview: {},
    });
    return { value: String(star), label: String(star), count: total, selected: false };
  });
  return { attribute: "rating", label: "Rating", type: "values", choice: "asked", buckets };
}
