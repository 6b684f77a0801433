// One visit from landing to leaving, written down before it happens.
import type { Leaf, SimulatorProduct } from "./assortment.ts";
import { chooseLeaf, chooseProduct, openCategory, openHome, openProduct, search } from "./browse.ts";
import { considerCheckout } from "./checkout.ts";
import type { Random } from "./random.ts";
import type { Shopper, ShopperState } from "./shopper.ts";
import {
  addToCart,
  changeRequisitionList,
  changeWishlist,
  considerAccount,
  forgetOldCart,
  openCartPage,
  removeFromCart,
  signOut,
} from "./shopping.ts";
import { type Campaign, isSignedIn, type PlannedEvent, pause, type Visit, type World } from "./visit.ts";

export type VisitPlan = {
  readonly world: World;
  readonly shopper: Shopper;
  /** Changed by the visit. */
  readonly state: ShopperState;
  readonly startAt: number;
  readonly random: Random;
  readonly pace: number;
};

const campaigns = {
  newsletter: { source: "newsletter", medium: "email", name: "weekly-newsletter" },
  sale: { source: "newsletter", medium: "email", name: "season-sale" },
  search: { source: "search-engine", medium: "cpc", name: "shop-brand" },
  social: { source: "social-network", medium: "social", name: "new-favourites" },
} satisfies Readonly<Record<string, Campaign>>;

/** Follows the rise of the trending products: nobody hears of them before. */
function isDrawnByTrend({ assortment }: World, at: number, random: Random): boolean {
  return random.chance(0.16 * assortment.rise(at));
}

function chooseCampaign({ shopper, random }: VisitPlan, isTrend: boolean): Campaign | null {
  if (isTrend) return campaigns.social;
  if (shopper.isDiscountSeeker && random.chance(0.3)) return campaigns.sale;
  if (!random.chance(0.22)) return null;
  return random.pick([campaigns.newsletter, campaigns.search, campaigns.social]);
}

function openVisit(plan: VisitPlan, isTrend: boolean): Visit {
  const { shopper, state, random, startAt } = plan;
  const tail = `${shopper.key}-${startAt.toString(36)}`;
  // The second device belongs to customers: it joins them to their first one when they sign in.
  const deviceIndex = state.isRegistered && shopper.devices.length > 1 && random.chance(0.4) ? 1 : 0;
  const campaign = chooseCampaign(plan, isTrend);
  return {
    world: plan.world,
    shopper,
    state,
    random,
    deviceIndex,
    campaign,
    sessionId: `sim-session-${tail}`,
    idTail: tail,
    pace: plan.pace,
    events: [],
    at: startAt,
    page: { type: "", title: "", path: "" },
    referrer: "",
    searches: 0,
  };
}

type Looking = { readonly leaf: Leaf; readonly product: SimulatorProduct | null };

function land(visit: Visit, isTrend: boolean): Looking {
  const { world, random } = visit;
  if (isTrend) {
    const product = random.pick(world.assortment.trending);
    openProduct(visit, product);
    return { leaf: world.assortment.leafOf(product), product };
  }
  const leaf = chooseLeaf(visit, null);
  const way = random.index([42, 26, 14, 18]);
  if (way === 1) {
    openCategory(visit, leaf);
    return { leaf, product: null };
  }
  if (way === 2) return { leaf, product: search(visit, leaf) };
  if (way === 3) {
    const product = chooseProduct(visit, leaf, null);
    openProduct(visit, product);
    return { leaf, product };
  }
  openHome(visit);
  return { leaf, product: null };
}

/** The next product: one seen before, a search, a category, or a neighbour of the present one. */
function lookOn(visit: Visit, { leaf: current, product: previous }: Looking): Looking {
  const { state, random } = visit;
  pause(visit, 6, 70);
  const [remembered] = state.viewed.filter((seen) => seen !== previous);
  if (remembered && random.chance(0.1)) {
    openProduct(visit, remembered);
    return { leaf: visit.world.assortment.leafOf(remembered), product: remembered };
  }
  const leaf = chooseLeaf(visit, current);
  if (random.chance(0.16)) return { leaf, product: search(visit, leaf) };
  if (leaf !== current || random.chance(0.3)) {
    openCategory(visit, leaf);
    pause(visit, 4, 30);
  }
  const product = chooseProduct(visit, leaf, previous);
  openProduct(visit, product);
  return { leaf, product };
}

/** Who takes something may take what goes with it. */
function considerCompanion(visit: Visit, product: SimulatorProduct): void {
  const { world, state, random } = visit;
  const companion = world.assortment.companionOf(world.assortment.leafOf(product));
  if (!companion || state.viewed[0] === companion || !random.chance(0.45)) return;
  pause(visit, 5, 30);
  openProduct(visit, companion);
  if (!random.chance(0.6)) return;
  pause(visit, 5, 20);
  addToCart(visit, companion);
}

/** @param desire probability that the product goes into the cart */
function decideOn(visit: Visit, product: SimulatorProduct, desire: number): void {
  const { shopper, state, random } = visit;
  if (random.chance(desire)) {
    pause(visit, 5, 40);
    addToCart(visit, product);
    considerCompanion(visit, product);
  } else if (random.chance(0.05)) {
    pause(visit, 3, 15);
    changeWishlist(visit, product);
  } else if (shopper.usesRequisitionLists && isSignedIn(visit) && random.chance(0.3)) {
    pause(visit, 3, 15);
    changeRequisitionList(visit, product);
  }
  if (state.cart.length > 0 && random.chance(0.05)) {
    pause(visit, 3, 15);
    removeFromCart(visit);
  }
}

function leave(visit: Visit): void {
  if (!isSignedIn(visit) || !visit.random.chance(0.12)) return;
  pause(visit, 3, 20);
  signOut(visit);
}

/**
 * Writes down one visit: events of the browser in order of time, and with them what the back office will tell of its
 * order, days later too. Visits of one shopper must not overlap.
 */
export function planVisit(plan: VisitPlan): readonly PlannedEvent[] {
  const { world, shopper, state, random, startAt } = plan;
  state.visits += 1;
  const isTrend = isDrawnByTrend(world, startAt, random);
  const visit = openVisit(plan, isTrend);
  forgetOldCart(visit);
  let looking = land(visit, isTrend);
  const desire = 0.12 * shopper.inclination * (visit.campaign?.name === "season-sale" ? 1.4 : 1);
  if (!random.chance(0.15)) {
    if (random.chance(0.5)) considerAccount(visit, 0.6);
    if (state.cart.length > 0 && random.chance(0.4)) openCartPage(visit);
    if (looking.product) decideOn(visit, looking.product, desire);
    for (let looks = 1 + random.poisson(1.9); looks > 0; looks -= 1) {
      looking = lookOn(visit, looking);
      if (looking.product) decideOn(visit, looking.product, desire);
    }
    if (state.cart.length > 0) considerCheckout(visit);
    leave(visit);
  }
  state.busyUntil = visit.at;
  return visit.events;
}
