import { useEffect, useRef } from "react";
import { ListingView, pageSize, readListingState } from "../components/listing-view.tsx";
import { EmptyNote } from "../components/states.tsx";
import { useLoaded } from "../components/use-loaded.ts";
import { usePageView } from "../components/use-page-view.ts";
import { findListing, type Listing, type ListingQuery } from "../personalisation/listing.ts";
import type { SearchRef } from "../personalisation/tracking.ts";
import { follow, links, usePlace } from "../router.ts";
import { useShop } from "../state/shop.ts";

type Found = Listing & { readonly search: SearchRef };

function Corrections({ listing, q }: { readonly listing: Listing; readonly q: string }) {
  const { tracking } = useShop();
  const word = (text: string) => (
    <a
      href={links.search(text)}
      onClick={() => tracking.searchSuggestionClick({ searchId: crypto.randomUUID(), searchQuery: q }, text)}
    >
      {text}
    </a>
  );
  return (
    <>
      {listing.correctedTo && (
        <p className="correction">
          Nothing is named “{q}”. Showing results for <strong>{listing.correctedTo}</strong>.
        </p>
      )}
      {listing.didYouMean && <p className="correction">Did you mean {word(listing.didYouMean)}?</p>}
      {listing.suggestions.length > 0 && (
        <ul className="related-searches" aria-label="Related searches">
          {listing.suggestions.map((one) => (
            <li key={one}>{word(one)}</li>
          ))}
        </ul>
      )}
    </>
  );
}

export function SearchPage() {
  const shop = useShop();
  const { query: address } = usePlace();
  const q = (address.get("q") ?? "").slice(0, 255).trim();
  const { page, sort, filters } = readListingState(address);
  const query: ListingQuery = { q, filter: filters, sort, limit: pageSize, offset: (page - 1) * pageSize };
  usePageView("search", q === "" ? "Search" : `Search: ${q}`, q);

  const loaded = useLoaded(JSON.stringify(query), async (signal): Promise<Found> => {
    const search: SearchRef = { searchId: crypto.randomUUID(), searchQuery: q };
    shop.tracking.searchRequestSent(search, { filters, sort });
    return { ...(await findListing(shop, query, signal)), search };
  });

  const found = loaded.status === "ready" ? loaded.value : undefined;
  const reported = useRef("");
  useEffect(() => {
    if (!found || reported.current === found.search.searchId) return;
    reported.current = found.search.searchId;
    shop.tracking.searchResponseReceived(
      found.search,
      found.total,
      found.hits.map(({ card }) => card),
      query.offset,
      found.suggestions,
    );
  }, [shop, found, query.offset]);

  const redirect = found?.redirect ?? null;
  useEffect(() => {
    if (redirect !== null) follow(redirect);
  }, [redirect]);

  return (
    <div className="stack">
      <h1>{q === "" ? "All products" : `Results for “${q}”`}</h1>
      {found && <Corrections listing={found} q={q} />}
      <ListingView
        loaded={loaded}
        query={query}
        page={page}
        {...(loaded.value && {
          onOpen: (hit, rank) => loaded.value && shop.tracking.searchProductClick(loaded.value.search, hit.card, rank),
        })}
        empty={
          <EmptyNote title={`Nothing found for “${q}”`}>
            <p>
              {filters.length > 0 ? "Remove a filter, or try fewer words." : "Check the spelling, or try fewer words."}
            </p>
          </EmptyNote>
        }
      />
    </div>
  );
}
