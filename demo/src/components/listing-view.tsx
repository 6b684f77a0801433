import type { ReactNode } from "react";
import { useCards } from "../personalisation/cards.ts";
import type { Hit, Listing, ListingQuery } from "../personalisation/listing.ts";
import type { WhySubject } from "../personalisation/why.ts";
import { changeQuery } from "../router.ts";
import { useShop } from "../state/shop.ts";
import { ChosenFilters, Facets } from "./facets.tsx";
import { Pager } from "./pager.tsx";
import { ProductTile } from "./product-tile.tsx";
import { FaultNote, TileSkeletons } from "./states.tsx";
import { type Loaded, useLoaded } from "./use-loaded.ts";

export const pageSize = 24;

/** The state of a listing as the address bar holds it. */
export function readListingState(query: URLSearchParams): {
  readonly page: number;
  readonly sort: string;
  readonly filters: readonly string[];
} {
  const page = Number(query.get("page") ?? "1");
  return {
    page: Number.isInteger(page) && page > 0 && page <= 400 ? page : 1,
    sort: query.get("sort") ?? "",
    filters: query.getAll("f").slice(0, 20),
  };
}

const usualSorts = [
  { value: "", label: "Best for you" },
  { value: "price:asc", label: "Price, low to high" },
  { value: "price:desc", label: "Price, high to low" },
  { value: "name:asc", label: "Name" },
  { value: "rating", label: "Rating" },
  { value: "newest", label: "Newest" },
] as const;

/** The shop's own orders as its merchandiser named them; the usual ones while there are none. */
function useSorts(): readonly { readonly value: string; readonly label: string }[] {
  const { client } = useShop();
  const own = useLoaded("sort options", (signal) => client.sortOptions({ signal }));
  const named = own.value?.items.map(({ code, label }) => ({ value: code, label })) ?? [];
  return named.length === 0 ? usualSorts : [usualSorts[0], ...named];
}

function SortChoice({ sort }: { readonly sort: string }) {
  const sorts = useSorts();
  return (
    <label className="sort">
      <span>Sort by</span>
      <select value={sort} onChange={(event) => changeQuery({ sort: event.target.value || null, page: null })}>
        {sorts.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function whyOf(hit: Hit, rank: number, listing: Listing, query: ListingQuery): WhySubject {
  const where = query.q === undefined ? "of this category" : `of the search for “${query.q}”`;
  const shown =
    listing.source === "clientele"
      ? `Place ${rank} ${where}`
      : `Place ${rank} ${where}, listed by the shop itself because Clientele did not answer`;
  return { title: hit.card.name, shown, reasons: hit.reasons, score: hit.score, listing: query, sku: hit.card.sku };
}

function Tiles({
  listing,
  query,
  onOpen,
}: {
  readonly listing: Listing;
  readonly query: ListingQuery;
  readonly onOpen: ((hit: Hit, rank: number) => void) | undefined;
}) {
  const cards = useCards(listing.hits.map(({ card }) => card));
  return (
    <ul className="grid">
      {cards.map((card, index) => {
        const hit = listing.hits[index];
        const rank = query.offset + index + 1;
        return (
          <li key={card.sku}>
            {hit && (
              <ProductTile
                card={card}
                highlight={hit.highlight}
                isEager={index < 4}
                why={() => whyOf(hit, rank, listing, query)}
                {...(onOpen && { onOpen: () => onOpen(hit, rank) })}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

type ListingViewProps = {
  readonly loaded: Loaded<Listing> & { readonly reload: () => void };
  readonly query: ListingQuery;
  readonly page: number;
  /** Left of the products, above the facets. */
  readonly side?: ReactNode;
  readonly empty: ReactNode;
  readonly onOpen?: (hit: Hit, rank: number) => void;
};

/** Products with facets, order and pages: the same for a category and a search. */
export function ListingView({ loaded, query, page, side, empty, onOpen }: ListingViewProps) {
  if (loaded.status === "failed") return <FaultNote fault={loaded.fault} onRetry={loaded.reload} />;
  const listing = loaded.value;
  // A category page shows the way to its subcategories itself.
  const facets = (listing?.facets ?? []).filter(({ code }) => side === undefined || code !== "categories");
  const hasSide = side !== undefined || facets.length > 0;
  return (
    <div className={hasSide ? "listing" : "listing listing-plain"}>
      {hasSide && (
        <aside className="listing-side">
          {side}
          <Facets facets={facets} filters={query.filter} />
        </aside>
      )}
      <div className="listing-main" aria-busy={loaded.status === "loading"}>
        <h2 className="visually-hidden">Products</h2>
        <div className="listing-bar">
          <p role="status">
            {listing
              ? `${listing.total.toLocaleString("en-US")} ${listing.total === 1 ? "product" : "products"}`
              : "Loading…"}
          </p>
          <SortChoice sort={query.sort} />
        </div>
        <ChosenFilters filters={query.filter} facets={facets} />
        {!listing && <TileSkeletons count={8} />}
        {listing && listing.hits.length === 0 && empty}
        {listing && listing.hits.length > 0 && <Tiles listing={listing} query={query} onOpen={onOpen} />}
        {listing && <Pager page={page} pageCount={Math.ceil(listing.total / pageSize)} />}
      </div>
    </div>
  );
}
