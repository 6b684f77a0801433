import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";
import { withPrices } from "../../../catalog/index.ts";
import type { ListAnswer, ListRequest, ListSubject } from "../../../discovery/index.ts";
import { ClienteleError } from "../../../kernel/index.ts";
import type { SearchItem } from "../../../search/index.ts";
import type { Call, GraphqlDeps } from "../graphql-deps.ts";
import { productView } from "../products/product-view.ts";
import { type AggregationView, aggregations } from "./aggregations.ts";
import { type ReadClauses, readClauses, type SearchClause } from "./read-clauses.ts";
import { readSort, type SortClause } from "./read-sort.ts";

export type ProductSearchArgs = {
  readonly phrase: string;
  readonly current_page?: number | null;
  readonly page_size?: number | null;
  readonly sort?: readonly SortClause[] | null;
  readonly filter?: readonly SearchClause[] | null;
  readonly context?: {
    readonly userViewHistory?: readonly { readonly sku: string; readonly dateTime?: unknown }[] | null;
  } | null;
};

type Warning = { readonly code: string; readonly message: string };

/** Higher than the original's 100. */
const maxPageSize = 200;
const reachableDepth = 10_000;
const maxSuggestions = 5;
/** The drop-in's popover asks for 4 products, its pages for 12 and more. */
const maxPopoverSize = 8;
const maxViewed = 50;

/**
 * Searches, or browses a category.
 *
 * @throws {ClienteleError} `graphql.badArgument` for page_size or current_page out of range, `search.badSort`
 */
export async function productSearch(
  deps: Pick<GraphqlDeps, "answerList">,
  call: Call,
  args: ProductSearchArgs,
  info: GraphQLResolveInfo,
) {
  const pageSize = args.page_size ?? 20;
  const page = args.current_page ?? 1;
  if (pageSize < 1 || pageSize > maxPageSize)
    throw new ClienteleError("graphql.badArgument", `page_size is ${pageSize}; it must be 1 to ${maxPageSize}`);
  if (page < 1) throw new ClienteleError("graphql.badArgument", `current_page is ${page}; it must be 1 or more`);
  const clauses = readClauses(args.filter ?? [], call.catalog);
  const { sort, isByPosition } = readSort(args.sort ?? [], call.catalog);
  const warnings: Warning[] = [];
  if (isByPosition && clauses.categoryPath === undefined)
    warnings.push({ code: "EMPTY_CATEGORY_PATH", message: "position needs a category; sorted by relevance" });

  const offset = (page - 1) * pageSize;
  const isReachable = offset < reachableDepth;
  const answer = clauses.isImpossible
    ? undefined
    : deps.answerList({
        subject: subjectOf(args.phrase, clauses),
        search: {
          filters: filtersOf(args.phrase, clauses),
          facets: asksFor(info, "facets") ? ["*"] : [],
          limit: isReachable ? pageSize : 1,
          offset: isReachable ? offset : 0,
          // The popover and the page send the same document; only the popover wants what a word may still become.
          asYouType: args.phrase.trim() !== "" && pageSize <= maxPopoverSize,
          ...(sort === undefined ? {} : { sort }),
        },
        visitor: await call.visitor(),
        identityKey: call.identityKey,
        storeView: call.storeView,
        viewed: viewedOf(args.context?.userViewHistory ?? []),
      });
  const total = answer?.total ?? 0;
  const priced = withPrices(call.catalog, answer?.prices);
  const items = isReachable ? (answer?.items ?? []) : [];
  const totalPages = Math.ceil(total / pageSize);
  if (page > 1 && page > totalPages)
    warnings.push({ code: "PAGE_OUT_OF_RANGE", message: `page ${page} of ${totalPages}` });
  else if (!isReachable)
    warnings.push({ code: "PAGE_OUT_OF_RANGE", message: `only the first ${reachableDepth} products can be reached` });

  return {
    items: items.flatMap((item, at) => itemView(item, offset + at, { ...call, catalog: priced }, answer) ?? []),
    facets: (): readonly AggregationView[] => aggregations(answer?.facets ?? [], call.catalog),
    page_info: { current_page: page, page_size: pageSize, total_pages: totalPages },
    suggestions: (answer?.suggestions ?? []).slice(0, maxSuggestions),
    related_terms: [],
    total_count: total,
    warnings: [...warnings, ...(answer?.warnings ?? [])],
    redirect: answer?.redirect ?? null,
    decisionId: answer?.decisionId ?? null,
  };
}

function subjectOf(phrase: string, { categoryPath }: ReadClauses): ListSubject {
  const q = phrase.trim();
  return q === "" && categoryPath !== undefined ? { kind: "category", path: categoryPath } : { kind: "search", q };
}

/** A category that is searched in is a filter of the search. */
function filtersOf(
  phrase: string,
  { filters, categoryPath }: ReadClauses,
): NonNullable<ListRequest["search"]["filters"]> {
  if (phrase.trim() === "" || categoryPath === undefined) return filters;
  return [{ attribute: "categories", values: [categoryPath], ranges: [], isScope: true }, ...filters];
}

/** SKUs, newest first; views without a time keep their order before those with one. */
function viewedOf(history: readonly { readonly sku: string; readonly dateTime?: unknown }[]): readonly string[] {
  const timeOf = (value: unknown) => {
    const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
    return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
  };
  const dated = history.slice(-maxViewed).map(({ sku, dateTime }) => ({ sku, at: timeOf(dateTime) }));
  return [...new Set(dated.sort((a, b) => (a.at === b.at ? 0 : b.at - a.at)).map(({ sku }) => sku.slice(0, 64)))];
}

function itemView(item: SearchItem, at: number, call: Call, answer: ListAnswer | undefined) {
  const product = call.catalog.get(item.sku);
  if (!product) return undefined;
  return {
    productView: { ...productView(product, call.catalog), rank: at + 1, score: item.score },
    product: { sku: item.sku, name: item.name, uid: Buffer.from(item.sku).toString("base64"), canonical_url: item.url },
    highlights: item.highlights.map(({ attribute, value, matchedWords }) => ({
      attribute,
      value,
      matched_words: matchedWords,
    })),
    applied_query_rule: () => appliedRule(item.sku, call, answer),
  };
}

/** What a rule did to a product is the merchandiser's business: told to holders of a token only. */
function appliedRule(sku: string, { request }: Call, answer: ListAnswer | undefined) {
  if (!answer || !request.auth.scopes.includes("read")) return null;
  const effect = answer.effectsOf(sku).find(({ action }) => action !== "rank");
  return effect
    ? { action_type: effect.action.toUpperCase(), rule_id: effect.ruleId, rule_name: effect.ruleName }
    : null;
}

/** True when the document selects the field below this one; counting facets costs as much as searching. */
function asksFor(info: GraphQLResolveInfo, name: string): boolean {
  const isIn = (set: SelectionSetNode | undefined): boolean =>
    (set?.selections ?? []).some((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value === name;
      if (selection.kind === Kind.INLINE_FRAGMENT) return isIn(selection.selectionSet);
      return isIn(info.fragments[selection.name.value]?.selectionSet);
    });
  return info.fieldNodes.some((node: FieldNode) => isIn(node.selectionSet));
}
