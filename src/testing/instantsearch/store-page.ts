// A shop page with React InstantSearch, algoliasearch and search-insights as published, bundled as a shop bundles them.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const script = `
import React from "react";
import { createRoot } from "react-dom/client";
import { liteClient } from "algoliasearch/lite";
import insightsClient from "search-insights";
import {
  ClearRefinements, Configure, CurrentRefinements, DynamicWidgets, HierarchicalMenu, Highlight, Hits, InstantSearch,
  Pagination, RangeInput, RefinementList, SearchBox, Snippet, SortBy, Stats, ToggleRefinement, TrendingItems,
} from "react-instantsearch";

const { host, port, key } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const searchClient = liteClient("clientele", key, { hosts: [{ url: host, port, protocol: "http", accept: "readWrite" }] });
const h = React.createElement;
const Hit = ({ hit, sendEvent }) =>
  h("article", { "data-sku": hit.objectID, onClick: () => sendEvent("click", hit, "Product Clicked") },
    h("h2", null, h(Highlight, { attribute: "name", hit })),
    h("p", null, h(Snippet, { attribute: "description", hit })),
    h("b", null, hit.price),
    h("button", { onClick: (event) => { event.stopPropagation(); sendEvent("conversion", hit, "Product Added", {
      eventSubtype: "addToCart", objectData: [{ quantity: 2, price: hit.price }], currency: "USD", value: 2 * hit.price }); } }, "Add"));
const App = () =>
  h(InstantSearch, {
      searchClient, indexName: "products", future: { preserveSharedStateOnUnmount: true },
      insights: { insightsClient, insightsInitParams: { host: "http://" + host + ":" + port, useCookie: true } } },
    h(Configure, { hitsPerPage: 8, attributesToSnippet: ["description:4"] }),
    h(SearchBox, { placeholder: "Search" }),
    h(Stats),
    h(SortBy, { items: [
      { label: "Featured", value: "products" },
      { label: "Price up", value: "products_price_asc" },
      { label: "Price down", value: "products_price_desc" } ] }),
    h("section", { id: "brand" }, h(RefinementList, { attribute: "brand", searchable: true })),
    h("section", { id: "tree" }, h(HierarchicalMenu, { attributes: ["hierarchicalCategories.lvl0", "hierarchicalCategories.lvl1", "hierarchicalCategories.lvl2"] })),
    h("section", { id: "price" }, h(RangeInput, { attribute: "price" })),
    h("section", { id: "stock" }, h(ToggleRefinement, { attribute: "inStock", label: "In stock", on: true })),
    h("section", { id: "dynamic" }, h(DynamicWidgets, { facets: ["*"] }, h(RefinementList, { attribute: "color" }), h(RefinementList, { attribute: "unknown" }))),
    h(CurrentRefinements), h(ClearRefinements),
    h(Hits, { hitComponent: Hit }),
    h(Pagination),
    h("section", { id: "trending" }, h(TrendingItems, { limit: 3, itemComponent: ({ item }) => h("i", null, item.name) })));
createRoot(document.getElementById("root")).render(h(App));
`;

export type StorePage = {
  readonly urlFor: (api: { readonly host: string; readonly port: number; readonly key: string }) => string;
  readonly close: () => Promise<void>;
};

/** Serves the page on an origin of its own. */
export async function startStorePage(): Promise<StorePage> {
  const result = await build({
    stdin: { contents: script, resolveDir: root, loader: "js" },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  const bundle = result.outputFiles[0]?.text ?? "";
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
    response.end(
      isScript ? bundle : `<!doctype html><title>Shop</title><div id="root"></div><script src="/page.js"></script>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urlFor: (api) => `${origin}/#${encodeURIComponent(JSON.stringify(api))}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
