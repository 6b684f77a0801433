// What tells that two events of the two streams are the same action.
import { type CanonicalEvent, type ClientFacts, parseInstant } from "../../collect/index.ts";
import { sha256Hex } from "../../kernel/index.ts";
import type { Sighting } from "./twins.ts";
import { listOf, objectOf, textOf } from "./values.ts";

const maxKeys = 100;

const keysByItem = new Set([
  "productPageView",
  "addToCart",
  "searchProductClick",
  "recsItemClick",
  "recsItemAddToCartClick",
]);
const keyByType = new Map([
  ["searchRequestSent", "searchId"],
  ["searchResponseReceived", "searchId"],
  ["searchResultsView", "searchId"],
  ["searchCategoryClick", "categoryUrl"],
  ["searchSuggestionClick", "suggestion"],
  ["shoppingCartView", "cartId"],
  ["startCheckout", "cartId"],
  ["completeCheckout", "orderId"],
  ["recsUnitRender", "unitId"],
  ["recsUnitView", "unitId"],
]);

/** Keys of an action; none for an event that has no twin in the other stream. */
export function twinKeys({ type, properties, context }: Pick<CanonicalEvent, "type" | "properties" | "context">) {
  if (type === "pageView" || type === "categoryView") {
    const url = textOf(objectOf(context["page"])["url"], 4_000);
    return url === undefined ? [] : [url.split("#")[0] ?? url];
  }
  if (keysByItem.has(type)) {
    const skus = listOf(properties["items"], maxKeys).flatMap((item) => {
      const { sku, parentSku } = objectOf(item);
      return [textOf(sku, 128), textOf(parentSku, 128)].filter((key) => key !== undefined);
    });
    return [...new Set(skus)];
  }
  const key = textOf(properties[keyByType.get(type) ?? ""], 2_000);
  return key === undefined ? [] : [key];
}

/** Address and user agent of a request in one word; empty when either is unknown. */
export function clientKey({ ip, userAgent }: ClientFacts): string {
  return ip && userAgent ? sha256Hex(`${ip}\n${userAgent}`).slice(0, 32) : "";
}

/** @param at time by the browser's own clock, as the event has it */
export function sightingOf(
  event: CanonicalEvent,
  at: unknown,
  who: Pick<Sighting, "ecid" | "duid" | "client">,
): Sighting {
  const { messageId, type, properties } = event;
  return { messageId, type, keys: twinKeys(event), at: parseInstant(at) ?? event.receivedAt, ...who, properties };
}
