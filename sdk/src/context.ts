import type { EventContext, PageContext } from "./types.ts";

const maxUrlLength = 2048;

function deviceClass(): "desktop" | "mobile" | "tablet" {
  const agent = navigator.userAgent;
  // iPadOS calls itself a Mac; no Mac has a touch screen.
  const isTablet =
    /iPad|Tablet|PlayBook|Silk|Android(?!.*Mobile)/i.test(agent) ||
    (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1);
  if (isTablet) return "tablet";
  return /Mobi|iPhone|iPod|Android/i.test(agent) ? "mobile" : "desktop";
}

function campaignOf(url: URL): EventContext["campaign"] {
  const found: Record<string, string> = {};
  for (const [key, parameter] of [
    ["source", "utm_source"],
    ["medium", "utm_medium"],
    ["name", "utm_campaign"],
    ["term", "utm_term"],
    ["content", "utm_content"],
  ] as const) {
    const value = url.searchParams.get(parameter);
    if (value) found[key] = value.slice(0, 200);
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

function pageOf(url: URL): PageContext {
  const referrer = document.referrer.slice(0, maxUrlLength);
  return { url: url.href.slice(0, maxUrlLength), title: document.title.slice(0, 300), ...(referrer && { referrer }) };
}

/** What the browser tells about the moment: page, device, locale, screen, campaign. Reads only, stores nothing. */
export function readContext(library: { readonly name: string; readonly version: string }): EventContext {
  const url = new URL(location.href);
  const campaign = campaignOf(url);
  return {
    page: pageOf(url),
    device: deviceClass(),
    locale: document.documentElement.lang || navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
    ...(campaign && { campaign }),
    library,
  };
}

/** Lays `over` above `base`; the page is merged field by field. */
export function mergeContext(base: EventContext, over: EventContext): EventContext {
  return { ...base, ...over, page: { ...base.page, ...over.page } };
}
