import { type Fields, isFields } from "./form.ts";
import { ShopError } from "./shop-error.ts";

// "Why?" asks Clientele to explain its answer. That needs a token, which no browser may have, so the shop's server asks.
// Who the shopper is comes from the session; from the browser only its own anonymous id is believed.

const timeLimitMs = 5_000;
const maxPlacements = 20;
const searchParameters = ["q", "filter", "sort", "limit", "offset", "storeView", "facets"] as const;

type ExplainDeps = { readonly clienteleUrl: string; readonly serverToken: string };
type Asker = { readonly customerId: string | null };

async function ask(deps: ExplainDeps, path: string, init: RequestInit): Promise<unknown> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${deps.serverToken}` };
  const response = await fetch(new URL(path, deps.clienteleUrl), {
    ...init,
    headers,
    signal: AbortSignal.timeout(timeLimitMs),
  }).catch((cause: unknown) => {
    throw new ShopError(
      503,
      "noExplanation",
      `The explanation is not available: ${cause instanceof Error ? cause.message : "no answer"}.`,
    );
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok)
    throw new ShopError(503, "noExplanation", `The explanation is not available (status ${response.status}).`);
  return body;
}

const plainText = (value: unknown, max: number): string | undefined =>
  typeof value === "string" && value !== "" && value.length <= max ? value : undefined;

function identityOf(body: Fields, asker: Asker) {
  const anonymousId = plainText(body["anonymousId"], 64);
  return {
    ...(anonymousId !== undefined && { anonymousId }),
    ...(asker.customerId !== null && { customerId: asker.customerId }),
  };
}

/** Explains placements (`placements`, `context?`, `cart?`), the price of a product (`price`, its SKU) or a listing (`search` or `category` with its parameters). */
export async function explain(deps: ExplainDeps, body: Fields, asker: Asker): Promise<unknown> {
  const identity = identityOf(body, asker);
  const listing = isFields(body["listing"]) ? body["listing"] : null;
  if (listing) {
    const query = new URLSearchParams({ explain: "true", ...identity });
    for (const name of searchParameters) {
      const values = Array.isArray(listing[name]) ? listing[name].slice(0, 20) : [listing[name]];
      for (const value of values) {
        const text = plainText(typeof value === "number" ? String(value) : value, 500);
        if (text !== undefined) query.append(name, text);
      }
    }
    const category = plainText(listing["category"], 300);
    if (category !== undefined && !/^[\w-]+(\/[\w-]+)*$/.test(category))
      throw new ShopError(422, "invalid", "There is no such category.");
    const path = category === undefined ? "/v1/search" : `/v1/categories/${category}/products`;
    return ask(deps, `${path}?${query}`, { method: "GET" });
  }
  const sku = plainText(body["price"], 64);
  if (sku !== undefined) {
    const query = new URLSearchParams({ explain: "true", ...identity });
    return ask(deps, `/v1/catalog/products/${encodeURIComponent(sku)}/price?${query}`, { method: "GET" });
  }
  const placements = Array.isArray(body["placements"])
    ? body["placements"].filter((one): one is string => plainText(one, 100) !== undefined).slice(0, maxPlacements)
    : [];
  if (placements.length === 0) throw new ShopError(422, "invalid", "Nothing to explain.");
  const context = isFields(body["context"]) ? { context: body["context"] } : {};
  const cart = isFields(body["cart"]) ? { cart: body["cart"] } : {};
  return ask(deps, "/v1/decide", {
    method: "POST",
    body: JSON.stringify({ identity, placements, ...context, ...cart, explain: true }),
  });
}
