// A shop built on Adobe's storefront drop-ins, as published: the browser loads their modules by an import map, from another origin
// than the product's.
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join, normalize, sep } from "node:path";

const require = createRequire(import.meta.url);
const modules = join(require.resolve("@dropins/tools/event-bus.js"), "../..");

const page = (
  endpoint: string,
) => `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">
<style></style>
<script type="importmap">{"imports": {"@dropins/": "/@dropins/"}}</script></head><body>
<div id="results"></div><div id="facets"></div><div id="sort"></div><div id="pages"></div><div id="popover"></div><div id="unit"></div>
<script type="module">
import { events } from "@dropins/tools/event-bus.js";
import { initializers } from "@dropins/tools/initializer.js";
import * as search from "@dropins/storefront-product-discovery/api.js";
import { render } from "@dropins/storefront-product-discovery/render.js";
import SearchResults from "@dropins/storefront-product-discovery/containers/SearchResults.js";
import Facets from "@dropins/storefront-product-discovery/containers/Facets.js";
import SortBy from "@dropins/storefront-product-discovery/containers/SortBy.js";
import Pagination from "@dropins/storefront-product-discovery/containers/Pagination.js";
import * as units from "@dropins/storefront-recommendations/api.js";
import { render as renderUnits } from "@dropins/storefront-recommendations/render.js";
import ProductList from "@dropins/storefront-recommendations/containers/ProductList.js";
const headers = {
  "Magento-Environment-Id": "rig", "Magento-Website-Code": "base", "Magento-Store-Code": "main_website_store",
  "Magento-Store-View-Code": "default", "Magento-Customer-Group": "b6589fc6ab0dc82cf12099d1c2d40ab994e8410c",
  "X-Api-Key": "demo-write-key",
};
for (const api of [search, units]) { api.setEndpoint(${JSON.stringify(endpoint)}); api.setFetchGraphQlHeaders(() => headers); }
await initializers.mountImmediately(search.initialize, {});
await initializers.mountImmediately(units.initialize, {});
const at = (id) => document.getElementById(id);
const routeProduct = ({ urlKey }) => "/products/" + urlKey;
await Promise.all([
  render.render(SearchResults, { routeProduct })(at("results")),
  render.render(Facets, {})(at("facets")),
  render.render(SortBy, {})(at("sort")),
  render.render(Pagination, {})(at("pages")),
  render.render(SearchResults, { routeProduct, scope: "popover" })(at("popover")),
]);
Object.assign(globalThis, { shop: { events, search: search.search, showUnit: (options) => renderUnits.render(ProductList, { routeProduct: ({ urlKey }) => "/products/" + urlKey, ...options })(at("unit")) } });
</script></body></html>`;

export type DropinSite = { readonly origin: string; readonly close: () => Promise<void> };

/** @param endpoint address of GraphQL, on another origin */
export async function startDropinSite(endpoint: string): Promise<DropinSite> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://shop").pathname;
    const file = normalize(join(modules, path.replace(/^\/@dropins\//, "")));
    if (path.startsWith("/@dropins/") && file.startsWith(modules + sep) && existsSync(file)) {
      response.setHeader("content-type", "text/javascript");
      createReadStream(file).pipe(response);
      return;
    }
    response.writeHead(path === "/" ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
    response.end(path === "/" ? page(endpoint) : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
