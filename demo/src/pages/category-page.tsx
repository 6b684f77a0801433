import { useEffect } from "react";
import { Block } from "../components/block.tsx";
import { Breadcrumbs } from "../components/breadcrumbs.tsx";
import { ListingView, pageSize, readListingState } from "../components/listing-view.tsx";
import { EmptyNote } from "../components/states.tsx";
import { Unit } from "../components/unit.tsx";
import { useLoaded } from "../components/use-loaded.ts";
import { usePageView } from "../components/use-page-view.ts";
import { findListing, type ListingQuery } from "../personalisation/listing.ts";
import { useDecisions } from "../personalisation/use-decisions.ts";
import { links, usePlace } from "../router.ts";
import { trailTo, useCategories } from "../state/categories.ts";
import { useShop } from "../state/shop.ts";
import type { Category } from "../types.ts";
import { NotFoundPage } from "./not-found-page.tsx";

const placements = ["category.banner", "category.popular"];

function CategoryTree({ trail }: { readonly trail: readonly Category[] }) {
  const [root] = trail;
  if (!root || root.children.length === 0) return null;
  const current = trail.at(-1)?.path;
  const branch = (category: Category) => (
    <li key={category.path}>
      <a href={links.category(category.path)} aria-current={category.path === current ? "page" : undefined}>
        {category.name}
      </a>
      {category.children.length > 0 && trail.includes(category) && <ul>{category.children.map(branch)}</ul>}
    </li>
  );
  return (
    <nav className="category-tree" aria-label={root.name}>
      <ul>{branch(root)}</ul>
    </nav>
  );
}

function CategoryListing({ category, trail }: { readonly category: Category; readonly trail: readonly Category[] }) {
  const shop = useShop();
  const { query: address } = usePlace();
  const { page, sort, filters } = readListingState(address);
  const query: ListingQuery = {
    category: category.path,
    filter: filters,
    sort,
    limit: pageSize,
    offset: (page - 1) * pageSize,
  };
  usePageView("category", category.name, category.path);
  const loaded = useLoaded(JSON.stringify(query), (signal) => findListing(shop, query, signal));
  const { value: listing, status } = loaded;

  // One view for each visit of the category; a filter or another page is no new view.
  const viewed = listing && status === "ready" ? category.path : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the listing of that moment belongs to the view
  useEffect(() => {
    if (viewed !== null && listing)
      shop.tracking.categoryView(
        viewed,
        category.name,
        listing.hits.map(({ card }) => card),
        query.offset,
      );
  }, [shop, viewed]);
  const decisions = useDecisions(
    placements,
    { categoryPath: category.path },
    status !== "loading" || listing !== undefined,
  );

  return (
    <div className="stack">
      <Breadcrumbs trail={trail} />
      <Block placement="category.banner" decisions={decisions} className="block-banner" />
      <h1>{category.name}</h1>
      <ListingView
        loaded={loaded}
        query={query}
        page={page}
        side={trail[0] && trail[0].children.length > 0 ? <CategoryTree trail={trail} /> : undefined}
        empty={
          <EmptyNote title={filters.length > 0 ? "Nothing matches these filters" : "Nothing here yet"}>
            <p>{filters.length > 0 ? "Remove a filter to see more." : "Choose another category from the menu."}</p>
          </EmptyNote>
        }
      />
      <Unit placement="category.popular" decisions={decisions} />
    </div>
  );
}

export function CategoryPage({ path }: { readonly path: string }) {
  const trail = trailTo(useCategories(), path);
  const category = trail.at(-1);
  if (category?.path !== path) return <NotFoundPage what="This category" />;
  return <CategoryListing key={path} category={category} trail={trail} />;
}
