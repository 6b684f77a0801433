import type { Assortment } from "./assortment.ts";
import type { Random } from "./random.ts";
import type { Shopper, ShopperState } from "./shopper.ts";

/** One event to be, without its message id. */
export type PlannedEvent = {
  readonly at: number;
  readonly shopperIndex: number;
  /** Told by the shop's back office instead of the browser. */
  readonly isBackOffice: boolean;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
};

/** What every visit happens in. */
export type World = {
  readonly seed: number;
  readonly assortment: Assortment;
  /** Address of the shop's home page, without a slash at its end. */
  readonly shopUrl: string;
};

export type Campaign = { readonly source: string; readonly medium: string; readonly name: string };
export type Page = { readonly type: string; readonly title: string; readonly path: string };

/** A visit under way: the clock goes on with each pause, events are written down as they happen. */
export type Visit = {
  readonly world: World;
  readonly shopper: Shopper;
  readonly state: ShopperState;
  readonly random: Random;
  readonly deviceIndex: number;
  readonly sessionId: string;
  /** Ends ids of this visit, e.g. `7-17-lq2x8k0`: unique, because a shopper makes one visit at a time. */
  readonly idTail: string;
  readonly campaign: Campaign | null;
  /** 1 for the past; smaller where somebody watches. */
  readonly pace: number;
  readonly events: PlannedEvent[];
  at: number;
  page: Page;
  referrer: string;
  searches: number;
};

const maxPauseMs = 20_000;

/** Lets some seconds pass; at the pace of a watcher never more than 20. */
export function pause(visit: Visit, fromSeconds: number, toSeconds: number): void {
  const ms = Math.round(visit.random.between(fromSeconds, toSeconds) * 1000 * visit.pace);
  visit.at += visit.pace < 1 ? Math.min(maxPauseMs, Math.max(1_000, ms)) : ms;
}

export function isSignedIn(visit: Visit): boolean {
  return visit.state.isSignedIn[visit.deviceIndex] ?? false;
}

function pageUrl({ world, page }: Visit): string {
  return world.shopUrl + page.path;
}

/** The address by which a campaign brings somebody here. */
function landingPath(path: string, { source, medium, name }: Campaign): string {
  return `${path}${path.includes("?") ? "&" : "?"}utm_source=${source}&utm_medium=${medium}&utm_campaign=${name}`;
}

function contextOf(visit: Visit): Readonly<Record<string, unknown>> {
  const { page, shopper, campaign, referrer } = visit;
  return {
    simulated: true,
    sessionId: visit.sessionId,
    device: shopper.devices[visit.deviceIndex],
    locale: "en-US",
    page: { url: pageUrl(visit), title: page.title, type: page.type, ...(referrer !== "" && { referrer }) },
    ...(campaign && { campaign }),
    consent: { categoryPreferences: { analytics: true, personalisation: shopper.allowsPersonalisation } },
  };
}

/** Writes down what the browser tells. */
export function tell(
  visit: Visit,
  type: string,
  properties: Readonly<Record<string, unknown>> = {},
  isIntroduced = false,
): void {
  const { shopper, events, at } = visit;
  const body = {
    anonymousId: shopper.anonymousIds[visit.deviceIndex],
    ...((isIntroduced || isSignedIn(visit)) && { customerId: shopper.customerId, email: shopper.email }),
    context: contextOf(visit),
    properties,
    ...(isIntroduced && { traits: shopper.traits }),
  };
  events.push({ at, shopperIndex: shopper.index, isBackOffice: false, type, body });
}

/** Writes down what the back office tells at an instant that may be days away. */
export function tellFromBackOffice(
  visit: Visit,
  at: number,
  type: string,
  body: Readonly<Record<string, unknown>>,
): void {
  visit.events.push({
    at: Math.round(at),
    shopperIndex: visit.shopper.index,
    isBackOffice: true,
    type,
    body: { ...body, context: { simulated: true } },
  });
}

/** Opens a page: the shopper has left the one before. */
export function open(visit: Visit, page: Page): void {
  const isLanding = visit.page.path === "";
  if (!isLanding) visit.referrer = pageUrl(visit);
  visit.page = isLanding && visit.campaign ? { ...page, path: landingPath(page.path, visit.campaign) } : page;
  tell(visit, "pageView", { pageType: page.type });
}
