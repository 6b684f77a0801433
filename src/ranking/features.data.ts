// Everything a ranker may learn from, in one table. A feature keeps its meaning for ever: a changed one gets a new name, because what
// was logged under the old one stays.
import { categoryOverlap, type ItemFacts } from "./item-facts.ts";
import type { ListFacts } from "./list-facts.ts";
import { smoothedRate, trendOf } from "./signals.ts";
import { affinityOf, type Taste, type VisitorFacts } from "./visitor-facts.ts";

export type FeatureGroup = "query" | "item" | "list" | "visitor" | "session" | "context";

export type Feature = {
  readonly name: string;
  /** In words for a merchandiser. */
  readonly label: string;
  readonly group: FeatureGroup;
  /** A ranker must not think less of a product because it rises. */
  readonly isRising?: true;
  /** Needs the consent to personalise. */
  readonly isPersonal?: true;
  /** NaN = no value. @param at number of the candidate */
  readonly read: (list: ListFacts, at: number) => number;
};

const none = Number.NaN;
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const log = (value: number): number => Math.log1p(Math.max(0, value));

function tasteFor(list: ListFacts, at: number, kind: Taste): number {
  const item = list.items[at];
  if (!list.visitor || !item) return none;
  switch (kind) {
    case "brand":
      return item.brand === "" ? none : affinityOf(list.visitor, kind, item.brand, list.tree.shareOf(kind, item.brand));
    case "category":
      return item.category === ""
        ? none
        : affinityOf(list.visitor, kind, item.category, list.tree.shareOf(kind, item.category));
    case "colour":
      return bestTaste(list.visitor, kind, item.colours);
    case "size":
      return bestTaste(list.visitor, kind, item.sizes);
  }
}

function bestTaste(visitor: VisitorFacts, kind: Taste, values: readonly string[]): number {
  let best = 0;
  for (const value of values) best = Math.max(best, affinityOf(visitor, kind, value, 0));
  return best;
}

const haveOneBrand = (a: ItemFacts, b: ItemFacts): number => Number(a.brand !== "" && a.brand === b.brand);

function shareColour(a: ItemFacts, b: ItemFacts): number {
  for (const colour of a.colours) if (b.colours.includes(colour)) return 1;
  return 0;
}

/** Mean over the last products seen. */
function overLast(list: ListFacts, at: number, alike: (a: ItemFacts, b: ItemFacts) => number): number {
  const item = list.items[at];
  const last = list.session?.last;
  if (!item || !last || last.length === 0) return none;
  let sum = 0;
  for (const seen of last) sum += alike(item, seen);
  return sum / last.length;
}

const ratio = (price: number | undefined, other: number): number =>
  price === undefined || !(price > 0) || !(other > 0) ? none : Math.log(price / other);

const queryFeatures: readonly Feature[] = [
  {
    name: "plain_score",
    label: "Score without a model",
    group: "query",
    isRising: true,
    read: (list, at) => list.plain[at] ?? none,
  },
  {
    name: "text_score",
    label: "Match with the text of the query",
    group: "query",
    isRising: true,
    read: (list, at) => list.text[at]?.score ?? none,
  },
  {
    name: "text_share",
    label: "Match compared with the best of the list",
    group: "query",
    isRising: true,
    read: (list, at) => (list.highestText > 0 ? (list.text[at]?.score ?? 0) / list.highestText : none),
  },
  {
    name: "text_name",
    label: "Match with the name",
    group: "query",
    isRising: true,
    read: (list, at) => list.text[at]?.fieldScores[0] ?? none,
  },
  {
    name: "text_brand",
    label: "Match with the brand",
    group: "query",
    isRising: true,
    read: (list, at) => list.text[at]?.fieldScores[2] ?? none,
  },
  {
    name: "text_category",
    label: "Match with the category",
    group: "query",
    isRising: true,
    read: (list, at) => list.text[at]?.fieldScores[3] ?? none,
  },
  {
    name: "text_description",
    label: "Match with the description",
    group: "query",
    isRising: true,
    read: (list, at) => list.text[at]?.fieldScores[4] ?? none,
  },
  {
    name: "text_coverage",
    label: "Share of the words that match",
    group: "query",
    isRising: true,
    read: (list, at) => list.text[at]?.coverage ?? none,
  },
  {
    name: "exact_name",
    label: "The name is what was typed",
    group: "query",
    isRising: true,
    read: (list, at) => (list.text[at] ? Number(list.text[at]?.isExactName) : none),
  },
  {
    name: "exact_sku",
    label: "The SKU is what was typed",
    group: "query",
    isRising: true,
    read: (list, at) => (list.text[at] ? Number(list.text[at]?.isExactSku) : none),
  },
  {
    name: "edits",
    label: "Letters that had to be corrected",
    group: "query",
    read: (list, at) => list.text[at]?.edits ?? none,
  },
  {
    name: "query_clicks",
    label: "Clicks after this query",
    group: "query",
    read: (list, at) => (list.frame.query === "" ? none : log(list.queryItems[at]?.clicks ?? 0)),
  },
  {
    name: "query_carts",
    label: "Put into the cart after this query",
    group: "query",
    read: (list, at) => (list.frame.query === "" ? none : log(list.queryItems[at]?.carts ?? 0)),
  },
  {
    name: "query_orders",
    label: "Bought after this query",
    group: "query",
    read: (list, at) => (list.frame.query === "" ? none : log(list.queryItems[at]?.orders ?? 0)),
  },
  {
    name: "query_click_rate",
    label: "Click rate after this query, places evened out",
    group: "query",
    read: (list, at) => {
      if (list.frame.query === "") return none;
      const own = list.queryItems[at];
      return smoothedRate(own?.clicks ?? 0, own?.shown ?? 0, list.rates[at]?.click ?? 0);
    },
  },
  {
    name: "query_attention",
    label: "Share of the query's clicks",
    group: "query",
    read: (list, at) =>
      list.query && list.query.clicks > 0 ? (list.queryItems[at]?.clicks ?? 0) / list.query.clicks : none,
  },
  {
    name: "query_category",
    label: "Share of the query's clicks that go to the category",
    group: "query",
    read: (list, at) =>
      list.query && list.query.clicks > 0
        ? (list.queryCategories.get(list.items[at]?.category ?? "") ?? 0) / list.query.clicks
        : none,
  },
  {
    name: "query_cosine",
    label: "Meaning of the query and of the texts",
    group: "query",
    read: (list, at) => list.cosines.query[at] ?? none,
  },
  {
    name: "query_attention_cosine",
    label: "Like what shoppers look at after the query",
    group: "query",
    read: (list, at) => list.cosines.attention[at] ?? none,
  },
];

const itemFeatures: readonly Feature[] = [
  {
    name: "views_1d",
    label: "Views of the last day",
    group: "item",
    read: (list, at) => log(list.signals[at]?.views1d ?? 0),
  },
  {
    name: "views_7d",
    label: "Views of the last 7 days",
    group: "item",
    read: (list, at) => log(list.signals[at]?.views7d ?? 0),
  },
  {
    name: "views_28d",
    label: "Views of the last 28 days",
    group: "item",
    read: (list, at) => log(list.signals[at]?.views28d ?? 0),
  },
  { name: "clicks", label: "Clicks in lists", group: "item", read: (list, at) => log(list.signals[at]?.clicks ?? 0) },
  { name: "carts", label: "Put into carts", group: "item", read: (list, at) => log(list.signals[at]?.carts ?? 0) },
  { name: "orders", label: "Orders", group: "item", read: (list, at) => log(list.signals[at]?.orders ?? 0) },
  {
    name: "click_rate",
    label: "Click rate in lists, places evened out",
    group: "item",
    read: (list, at) =>
      smoothedRate(list.signals[at]?.clicks ?? 0, list.signals[at]?.shown ?? 0, list.rates[at]?.click ?? 0),
  },
  {
    name: "cart_rate",
    label: "Carts by views",
    group: "item",
    read: (list, at) =>
      smoothedRate(list.signals[at]?.carts ?? 0, list.signals[at]?.views28d ?? 0, list.rates[at]?.cart ?? 0),
  },
  {
    name: "order_rate",
    label: "Orders by carts",
    group: "item",
    read: (list, at) =>
      smoothedRate(list.signals[at]?.orders ?? 0, list.signals[at]?.carts ?? 0, list.rates[at]?.order ?? 0),
  },
  {
    name: "return_rate",
    label: "Returns by orders",
    group: "item",
    read: (list, at) => smoothedRate(list.signals[at]?.returns ?? 0, list.signals[at]?.orders ?? 0, 0.1, 1),
  },
  {
    name: "trend",
    label: "Views of the last day above the usual",
    group: "item",
    read: (list, at) => (list.signals[at] ? trendOf(list.signals[at]) : none),
  },
  {
    name: "age_days",
    label: "Days in the catalog",
    group: "item",
    read: (list, at) => log((list.frame.nowMs - (list.items[at]?.createdAt ?? none)) / dayMs),
  },
  {
    name: "in_stock",
    label: "In stock",
    group: "item",
    isRising: true,
    read: (list, at) => (list.items[at] ? Number(list.items[at]?.isInStock) : none),
  },
  {
    name: "stock",
    label: "Pieces in stock",
    group: "item",
    isRising: true,
    read: (list, at) => log(list.items[at]?.qty ?? none),
  },
  { name: "price", label: "Price", group: "item", read: (list, at) => log(list.items[at]?.price ?? none) },
  { name: "discount", label: "Discount", group: "item", read: (list, at) => list.items[at]?.discount ?? none },
  {
    name: "rating",
    label: "Rating, few reviews drawn to the middle",
    group: "item",
    isRising: true,
    read: (list, at) => list.items[at]?.rating ?? none,
  },
  { name: "reviews", label: "Reviews", group: "item", read: (list, at) => log(list.items[at]?.reviews ?? none) },
  { name: "images", label: "Pictures", group: "item", read: (list, at) => list.items[at]?.images ?? none },
  { name: "variants", label: "Variants", group: "item", read: (list, at) => log(list.items[at]?.variants ?? none) },
];

const listFeatures: readonly Feature[] = [
  {
    name: "price_percentile",
    label: "Place by price in the list",
    group: "list",
    read: (list, at) => list.pricePercentile[at] ?? none,
  },
  {
    name: "price_to_median",
    label: "Price compared with the middle of the list",
    group: "list",
    read: (list, at) => ratio(list.items[at]?.price, list.medianPrice),
  },
  {
    name: "brand_before",
    label: "Share of its brand among the better matches",
    group: "list",
    read: (list, at) => list.brandBefore[at] ?? none,
  },
  { name: "plain_place", label: "Place without a model", group: "list", read: (_list, at) => log(at) },
  { name: "list_size", label: "Length of the list", group: "list", read: (list) => log(list.count) },
];

const visitorFeatures: readonly Feature[] = [
  {
    name: "taste_brand",
    label: "Taste for the brand",
    group: "visitor",
    isPersonal: true,
    read: (list, at) => tasteFor(list, at, "brand"),
  },
  {
    name: "taste_category",
    label: "Taste for the category",
    group: "visitor",
    isPersonal: true,
    read: (list, at) => tasteFor(list, at, "category"),
  },
  {
    name: "taste_colour",
    label: "Taste for the colour",
    group: "visitor",
    isPersonal: true,
    read: (list, at) => tasteFor(list, at, "colour"),
  },
  {
    name: "taste_size",
    label: "Usual size",
    group: "visitor",
    isPersonal: true,
    read: (list, at) => tasteFor(list, at, "size"),
  },
  {
    name: "price_to_bought",
    label: "Price compared with what was bought",
    group: "visitor",
    isPersonal: true,
    read: (list, at) => ratio(list.items[at]?.price, list.visitor?.boughtPrice ?? none),
  },
  {
    name: "brand_bought_days",
    label: "Days since the brand was bought",
    group: "visitor",
    isPersonal: true,
    read: (list, at) =>
      log((list.frame.nowMs - (list.visitor?.brandBought.get(list.items[at]?.brand ?? "") ?? none)) / dayMs),
  },
  {
    name: "seen_before",
    label: "Times seen before",
    group: "visitor",
    isPersonal: true,
    read: (list, at) => (list.visitor ? log(list.visitor.viewed.get(list.items[at]?.sku ?? "") ?? 0) : none),
  },
  {
    name: "bought_days",
    label: "Days since it was bought",
    group: "visitor",
    isPersonal: true,
    read: (list, at) => log((list.frame.nowMs - (list.visitor?.bought.get(list.items[at]?.sku ?? "") ?? none)) / dayMs),
  },
  {
    name: "in_cart",
    label: "In the cart",
    group: "visitor",
    isPersonal: true,
    read: (list, at) => (list.visitor ? Number(list.visitor.carted.has(list.items[at]?.sku ?? "")) : none),
  },
  {
    name: "wished",
    label: "On the wish list",
    group: "visitor",
    isPersonal: true,
    read: (list, at) => (list.visitor ? Number(list.visitor.wished.has(list.items[at]?.sku ?? "")) : none),
  },
  {
    name: "visits",
    label: "Visits",
    group: "visitor",
    isPersonal: true,
    read: (list) => log(list.visitor?.sessions ?? none),
  },
  {
    name: "visitor_orders",
    label: "Orders of the shopper",
    group: "visitor",
    isPersonal: true,
    read: (list) => log(list.visitor?.orders ?? none),
  },
];

const sessionFeatures: readonly Feature[] = [
  {
    name: "session_category",
    label: "Categories in common with the last products seen",
    group: "session",
    isPersonal: true,
    read: (list, at) => overLast(list, at, categoryOverlap),
  },
  {
    name: "session_brand",
    label: "Share of its brand among the last products seen",
    group: "session",
    isPersonal: true,
    read: (list, at) => overLast(list, at, haveOneBrand),
  },
  {
    name: "session_colour",
    label: "Colours in common with the last products seen",
    group: "session",
    isPersonal: true,
    read: (list, at) => overLast(list, at, shareColour),
  },
  {
    name: "price_to_session",
    label: "Price compared with the last products seen",
    group: "session",
    isPersonal: true,
    read: (list, at) => ratio(list.items[at]?.price, list.session?.medianPrice ?? none),
  },
  {
    name: "session_views",
    label: "Activity of the last minutes",
    group: "session",
    isPersonal: true,
    read: (list) => log(list.session?.evidence ?? none),
  },
  {
    name: "session_viewed_cosine",
    label: "Goes with the last products seen",
    group: "session",
    isPersonal: true,
    read: (list, at) => list.cosines.viewed[at] ?? none,
  },
  {
    name: "session_carted_cosine",
    label: "Goes with what is in the cart",
    group: "session",
    isPersonal: true,
    read: (list, at) => list.cosines.carted[at] ?? none,
  },
];

const contextFeatures: readonly Feature[] = [
  {
    name: "is_search",
    label: "A search, not a category",
    group: "context",
    read: (list) => Number(list.frame.kind === "search"),
  },
  { name: "is_mobile", label: "On a phone", group: "context", read: (list) => Number(list.frame.isMobile) },
  {
    name: "hour",
    label: "Hour of the day, UTC",
    group: "context",
    read: (list) => Math.floor(list.frame.nowMs / hourMs) % 24,
  },
  {
    name: "weekday",
    label: "Day of the week",
    group: "context",
    read: (list) => (Math.floor(list.frame.nowMs / dayMs) + 4) % 7,
  },
  {
    name: "query_words",
    label: "Words of the query",
    group: "context",
    read: (list) => list.frame.words,
  },
  { name: "filters", label: "Filters used", group: "context", read: (list) => list.frame.filters },
  {
    name: "from_campaign",
    label: "Came by a campaign",
    group: "context",
    read: (list) => Number(list.frame.referrer === "campaign"),
  },
  {
    name: "from_search_engine",
    label: "Came from a search engine",
    group: "context",
    read: (list) => Number(list.frame.referrer === "search"),
  },
];

/** At most 80 (ranking.md 6.2). */
export const rankingFeatures: readonly Feature[] = [
  ...queryFeatures,
  ...itemFeatures,
  ...listFeatures,
  ...visitorFeatures,
  ...sessionFeatures,
  ...contextFeatures,
];
