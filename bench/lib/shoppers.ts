// Events as a shop's pages send them, about 450 bytes each, written as text: building objects first would double the cost of
// the load generator.
import { createRandom, pick } from "./random.ts";

export type ShopData = { readonly skus: readonly string[]; readonly categories: readonly string[] };

const searches = ["jacket", "yoga pants", "water bottle", "running shorts", "gift for dad", "hoodie", "backpack"];

/** Without a time of its own: it is of the moment it arrives. */
function propertiesText(type: string, shop: ShopData, random: () => number): string {
  const sku = pick(shop.skus, random);
  const minor = 1000 + Math.floor(random() * 9000);
  const item = `{"sku":"${sku}","name":"Product ${sku}","qty":1,"unitPrice":{"minor":${minor},"currency":"USD"},"lineTotal":{"minor":${minor},"currency":"USD"}}`;
  switch (type) {
    case "categoryView":
      return `{"categoryPath":"${pick(shop.categories, random)}","results":24}`;
    case "searchRequestSent":
      return `{"searchQuery":"${pick(searches, random)}","searchId":"s-${Math.floor(random() * 1e9)}"}`;
    case "addToCart":
      return `{"cartId":"cart-${Math.floor(random() * 1e6)}","items":[${item}]}`;
    case "productPageView":
      return `{"items":[${item}]}`;
    default:
      return "{}";
  }
}

// Product pages are most of what shoppers look at.
const types = [
  ...["pageView", "pageView", "pageView", "categoryView", "categoryView", "searchRequestSent"],
  ...["productPageView", "productPageView", "productPageView", "productPageView", "productPageView", "addToCart"],
];

/** @param prefix makes message ids of this generator unique */
export function createShoppers(
  shop: ShopData,
  options: { readonly visitors: number; readonly seed: number; readonly prefix: string },
) {
  const random = createRandom(options.seed);
  let sequence = 0;

  const event = (anonymousId: string, sessionId: string): string => {
    sequence += 1;
    const type = pick(types, random);
    const path = `/shop/${type === "pageView" ? "" : `product/${pick(shop.skus, random)}`}?utm=spring-sale`;
    return `{"messageId":"${options.prefix}-${sequence}","type":"${type}","anonymousId":"${anonymousId}","context":{"page":{"url":"https://shop.example${path}","title":"Luma, what you wear to move","type":"page","referrer":"https://shop.example/"},"device":"mobile","locale":"en-US","sessionId":"${sessionId}","consent":{"categoryPreferences":{"analytics":true,"personalisation":true}}},"properties":${propertiesText(type, shop, random)}}`;
  };

  return {
    /** A request body with `size` events of one visitor. */
    batch: (size: number): string => {
      const visitor = Math.floor(random() * options.visitors);
      const sessionId = `session-${visitor}-${Math.floor(sequence / 1e6)}`;
      const events = Array.from({ length: size }, () => event(`visitor-${visitor}`, sessionId));
      return `{"events":[${events.join(",")}]}`;
    },
    /** A request body with `each` events of every visitor from `first` to before `last`. */
    ofEach: (first: number, last: number, each: number): string => {
      const events: string[] = [];
      for (let visitor = first; visitor < last; visitor += 1)
        for (let count = 0; count < each; count += 1) events.push(event(`visitor-${visitor}`, `session-${visitor}-0`));
      return `{"events":[${events.join(",")}]}`;
    },
    /** Events made so far. */
    sent: () => sequence,
  };
}
