import { useSyncExternalStore } from "react";

// The address bar is the only state of navigation. Any plain link below /shop is followed without loading the page
// anew, also the links inside content blocks.

export const base = "/shop";
const changed = "luma:navigated";

function subscribe(listener: () => void): () => void {
  addEventListener("popstate", listener);
  addEventListener(changed, listener);
  return () => {
    removeEventListener("popstate", listener);
    removeEventListener(changed, listener);
  };
}

export type Place = { readonly path: string; readonly query: URLSearchParams; readonly href: string };

/** Path below /shop, without a slash at its end; "/" for the home page. */
export function usePlace(): Place {
  const href = useSyncExternalStore(subscribe, () => location.pathname + location.search);
  const url = new URL(href, location.origin);
  const path = url.pathname.slice(base.length).replace(/\/+$/, "") || "/";
  return { path, query: url.searchParams, href };
}

/** @param path below /shop, e.g. `/cart`; or a whole address of the shop */
export function navigate(
  path: string,
  options: { readonly replace?: boolean; readonly keepScroll?: boolean } = {},
): void {
  const href = path === base || path.startsWith(`${base}/`) || path.startsWith(`${base}?`) ? path : base + path;
  history[options.replace ? "replaceState" : "pushState"](null, "", href);
  dispatchEvent(new Event(changed));
  if (!options.keepScroll) scrollTo({ top: 0, behavior: "instant" });
}

/** Goes where the merchant sends the shopper, in place of the page that is open: `back` must not lead here again. */
export function follow(address: string): void {
  const url = new URL(address, location.origin);
  if (url.origin === location.origin && (url.pathname === base || url.pathname.startsWith(`${base}/`)))
    navigate(url.pathname + url.search, { replace: true });
  else if (/^https?:$/.test(url.protocol)) location.replace(url.href);
}

/** Changes the query of the current page; null removes a name. */
export function changeQuery(
  changes: Readonly<Record<string, string | readonly string[] | null>>,
  replace = false,
): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    url.searchParams.delete(name);
    for (const one of value === null ? [] : [value].flat()) url.searchParams.append(name, one);
  }
  navigate(url.pathname + url.search, { replace });
}

/** Follows links of the shop inside the page. */
export function followLinks(): void {
  document.addEventListener("click", (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link?.href || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || !(url.pathname === base || url.pathname.startsWith(`${base}/`))) return;
    if (url.hash !== "" && url.pathname === location.pathname) return;
    event.preventDefault();
    navigate(url.pathname + url.search);
  });
}

export const links = {
  home: `${base}/`,
  category: (path: string): string => `${base}/category/${path}`,
  product: (sku: string): string => `${base}/product/${encodeURIComponent(sku)}`,
  search: (q: string): string => `${base}/search?q=${encodeURIComponent(q)}`,
  cart: `${base}/cart`,
  checkout: `${base}/checkout`,
  order: (orderId: string): string => `${base}/order/${encodeURIComponent(orderId)}`,
  account: `${base}/account`,
  createAccount: `${base}/account/create`,
  orders: `${base}/account/orders`,
  lists: `${base}/account/lists`,
  wishlist: `${base}/wishlist`,
};
