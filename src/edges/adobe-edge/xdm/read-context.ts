import type { ClientFacts } from "../../../collect/index.ts";
import type { JsonObject } from "../../../kernel/index.ts";
import { readConsentStrings } from "../consent.ts";
import { compact, type Loose, numberOf, objectOf, textOf } from "../values.ts";
import type { ShopScope, XdmUnit } from "./unit.ts";

const webChannel = "https://ns.adobe.com/xdm/channels/web";
const maxUrl = 4_000;
/** Width below which a page is laid out for a phone or a tablet. */
const mobileBelow = 600;
const tabletBelow = 1_024;
/** What the collector sends where the build left out its version. */
const versionPlaceholder = "__VERSION__";

/** The scope that an event names; undefined when it names none. */
export function readScope(xdm: Loose): ShopScope | undefined {
  const scope = objectOf(objectOf(xdm["commerce"])["commerceScope"]);
  const read = compact({
    environment: textOf(scope["environmentID"], 128),
    website: textOf(scope["websiteCode"], 64),
    store: textOf(scope["storeCode"], 64),
    storeView: textOf(scope["storeViewCode"], 64),
  });
  return Object.keys(read).length === 0 ? undefined : (read as ShopScope);
}

/** Path of an address; undefined for one that cannot be read. */
export function pathOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : undefined;
}

/** UTM parameters of the page's address. */
export function readCampaign(url: string | undefined): JsonObject {
  if (url === undefined || !url.includes("utm_") || !URL.canParse(url)) return {};
  const query = new URL(url).searchParams;
  const parameter = (name: string) => textOf(query.get(`utm_${name}`) ?? undefined);
  return compact({
    source: parameter("source"),
    medium: parameter("medium"),
    name: parameter("campaign"),
    term: parameter("term"),
    content: parameter("content"),
  });
}

function readPage(web: Loose): JsonObject {
  const details = objectOf(web["webPageDetails"]);
  const url = textOf(details["URL"], maxUrl);
  return compact({
    url,
    path: pathOf(url),
    title: textOf(details["name"]),
    type: textOf(details["siteSection"], 100),
    view: textOf(details["viewName"]),
    referrer: textOf(objectOf(web["webReferrer"])["URL"], maxUrl),
  });
}

function readScreen(xdm: Loose): JsonObject {
  const device = objectOf(xdm["device"]);
  const browser = objectOf(objectOf(xdm["environment"])["browserDetails"]);
  return compact({
    width: numberOf(device["screenWidth"]),
    height: numberOf(device["screenHeight"]),
    orientation: textOf(device["screenOrientation"], 20),
    viewportWidth: numberOf(browser["viewportWidth"]),
    viewportHeight: numberOf(browser["viewportHeight"]),
  });
}

/** Device class: what the client hints say; the layout's width where there is no user agent to ask. */
function readDevice(unit: XdmUnit, screen: JsonObject, client: ClientFacts | undefined): string | undefined {
  if (unit.isMobile === true) return "mobile";
  const width = screen["viewportWidth"];
  if (client?.userAgent !== undefined || typeof width !== "number") return undefined;
  return width < mobileBelow ? "mobile" : width < tabletBelow ? "tablet" : "desktop";
}

/** The context of an event; the scope of the visit stands in where the event names none. */
export function readContext(unit: XdmUnit, client: ClientFacts | undefined): JsonObject {
  const { xdm } = unit;
  const page = readPage(objectOf(xdm["web"]));
  const screen = readScreen(xdm);
  const environment = objectOf(xdm["environment"]);
  const library = objectOf(xdm["implementationDetails"]);
  const version = textOf(library["version"], 50);
  const categories = unit.consent ?? readConsentStrings(xdm)?.categories;
  return compact({
    page,
    campaign: readCampaign(textOf(page["url"], maxUrl)),
    device: readDevice(unit, screen, client),
    screen,
    locale: textOf(environment["language"] ?? objectOf(environment["browserDetails"])["acceptLanguage"], 35),
    timezone: textOf(objectOf(xdm["placeContext"])["ianaTimezone"], 64),
    channel: textOf(objectOf(xdm["channel"])["_id"]) ?? (unit.isBrowser ? webChannel : undefined),
    library: compact({
      name: textOf(library["name"], 200),
      version: version === versionPlaceholder ? undefined : version,
    }),
    ...(readScope(xdm) ?? unit.visit?.scope),
    consent: categories ? { categoryPreferences: categories } : undefined,
  });
}
