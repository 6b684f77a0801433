// The same shoppers as in shoppers.ts as Adobe's Web SDK says it: one event a request, about 1.2 KB of common fields each.
import { createRandom, pick } from "./random.ts";
import type { ShopData } from "./shoppers.ts";

const digits = 38;

/** The identity of a visitor: an ECID of 38 digits. */
export function ecidOf(visitor: number): string {
  return String(10 ** 18 + visitor).padStart(digits, "4");
}

export type EdgeEvent = {
  readonly id: string;
  readonly ecid: string;
  readonly sku: string;
  readonly isView: boolean;
};

/** The body of a request with one event; with `scope` it also asks for what to show there. */
export function interactBody({ id, ecid, sku, isView }: EdgeEvent, scope?: string): string {
  const type = isView ? "web.webpagedetails.pageViews" : "commerce.productViews";
  const about = isView
    ? `"web":{"webPageDetails":{"URL":"https://shop.example/${sku}.html?utm_source=mail","name":"Home","siteSection":"CMS","pageViews":{"value":1}},"webReferrer":{"URL":"https://shop.example/"}}`
    : `"web":{"webPageDetails":{"URL":"https://shop.example/${sku}.html"}},"commerce":{"productViews":{"value":1},"commerceScope":{"environmentID":"e","websiteCode":"base","storeCode":"main","storeViewCode":"default"}},"productListItems":[{"SKU":"${sku}","name":"Product ${sku}","priceTotal":96,"currencyCode":"USD","discountAmount":24,"productImageUrl":"https://shop.example/${sku}.jpg"}]`;
  const query =
    scope === undefined
      ? ""
      : `,"query":{"personalization":{"schemas":["https://ns.adobe.com/personalization/html-content-item"],"decisionScopes":["${scope}"]}}`;
  return `{"events":[{"xdm":{"eventType":"${type}",${about},"_id":"${id}","timestamp":"${new Date().toISOString()}","identityMap":{"ECID":[{"id":"${ecid}","primary":true}]},"device":{"screenHeight":720,"screenWidth":1280,"screenOrientation":"landscape"},"environment":{"type":"browser","browserDetails":{"viewportWidth":1280,"viewportHeight":720}},"placeContext":{"localTimezoneOffset":0,"localTime":"2026-11-21T03:16:03.853+00:00","ianaTimezone":"UTC"},"implementationDetails":{"name":"https://ns.adobe.com/experience/alloy","version":"2.33.1","environment":"browser"},"channel":{"_id":"https://ns.adobe.com/xdm/channels/web","_type":"https://ns.adobe.com/xdm/channel-types/web"},"personID":"${ecid}"}${query}}],"query":{"identity":{"fetch":["ECID"]}},"meta":{"queueTimeMillis":1,"state":{"domain":"shop.example","cookiesEnabled":true}}}`;
}

/** Where the Web SDK sends to. */
export function interactPath(key: string, requestId: string): string {
  return `/ee/cl1/v1/interact?configId=${key}&requestId=${requestId}`;
}

/** @param prefix makes event ids of this generator unique */
export function createAdobeShoppers(
  shop: ShopData,
  options: { readonly visitors: number; readonly seed: number; readonly prefix: string },
) {
  const random = createRandom(options.seed);
  let sequence = 0;
  return {
    /** A request body with one event. */
    next: (): { readonly id: string; readonly body: string } => {
      sequence += 1;
      const id = `${options.prefix}-${sequence}`;
      const ecid = ecidOf(Math.floor(random() * options.visitors));
      return { id, body: interactBody({ id, ecid, sku: pick(shop.skus, random), isView: random() < 0.5 }) };
    },
    /** Events made so far. */
    sent: () => sequence,
  };
}
