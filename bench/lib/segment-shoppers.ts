// The same shoppers as in shoppers.ts in the words of the Segment protocol, about as many bytes an event.
import { createRandom, pick } from "./random.ts";
import type { ShopData } from "./shoppers.ts";

const searches = ["jacket", "yoga pants", "water bottle", "running shorts", "gift for dad", "hoodie", "backpack"];

const names = [
  ...["page", "page", "page", "Product List Viewed", "Product List Viewed", "Products Searched"],
  ...["Product Viewed", "Product Viewed", "Product Viewed", "Product Viewed", "Product Viewed", "Product Added"],
];

function propertiesText(name: string, shop: ShopData, random: () => number): string {
  const sku = pick(shop.skus, random);
  const price = (1000 + Math.floor(random() * 9000)) / 100;
  const product = `"product_id":"${sku}","sku":"${sku}","name":"Product ${sku}","quantity":1,"price":${price},"currency":"USD"`;
  switch (name) {
    case "Product List Viewed":
      return `{"category":"${pick(shop.categories, random)}"}`;
    case "Products Searched":
      return `{"query":"${pick(searches, random)}","search_id":"s-${Math.floor(random() * 1e9)}"}`;
    case "Product Added":
      return `{"cart_id":"cart-${Math.floor(random() * 1e6)}",${product}}`;
    case "Product Viewed":
      return `{${product}}`;
    default:
      return "{}";
  }
}

/** @param prefix makes message ids of this generator unique */
export function createSegmentShoppers(
  shop: ShopData,
  options: { readonly visitors: number; readonly seed: number; readonly prefix: string },
) {
  const random = createRandom(options.seed);
  let sequence = 0;
  const message = (anonymousId: string, sessionId: string): string => {
    sequence += 1;
    const name = pick(names, random);
    const call = name === "page" ? `"type":"page"` : `"type":"track","event":"${name}"`;
    const path = `/shop/${name === "page" ? "" : `product/${pick(shop.skus, random)}`}?utm=spring-sale`;
    return `{"messageId":"${options.prefix}-${sequence}",${call},"anonymousId":"${anonymousId}","context":{"page":{"url":"https://shop.example${path}","title":"Luma, what you wear to move","referrer":"https://shop.example/"},"locale":"en-US","sessionId":"${sessionId}","library":{"name":"bench","version":"1"},"consent":{"categoryPreferences":{"analytics":true,"personalisation":true}}},"properties":${propertiesText(name, shop, random)}}`;
  };
  return {
    /** A request body with `size` messages of one visitor. */
    batch: (size: number): string => {
      const visitor = Math.floor(random() * options.visitors);
      const sessionId = `session-${visitor}-${Math.floor(sequence / 1e6)}`;
      const messages = Array.from({ length: size }, () => message(`visitor-${visitor}`, sessionId));
      return `{"batch":[${messages.join(",")}]}`;
    },
    /** Messages made so far. */
    sent: () => sequence,
  };
}
