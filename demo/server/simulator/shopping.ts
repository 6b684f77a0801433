// What a visitor keeps: cart, wish list, requisition list, account.

import type { SimulatorProduct } from "./assortment.ts";
import { toCard } from "./browse.ts";
import { createCustomerRecord } from "./customer-record.ts";
import { type Line, toItem } from "./order-totals.ts";
import { dayMs } from "./season.ts";
import { isSignedIn, open, pause, tell, tellFromBackOffice, type Visit } from "./visit.ts";

const keptCartDays = 21;

function toLine({ random }: Visit, product: SimulatorProduct): Line {
  const { variants = [] } = product;
  const variant = variants.length > 0 ? random.pick(variants) : null;
  return {
    sku: variant ?? product.sku,
    parentSku: variant === null ? null : product.sku,
    name: product.name,
    qty: random.index([0, 87, 10, 3]),
    unitMinor: product.price,
    currency: product.currency,
    categories: product.categories,
  };
}

/** The cart of long ago is empty again, as in most shops. */
export function forgetOldCart({ state, at }: Visit): void {
  if (at - state.cartChangedAt <= keptCartDays * dayMs) return;
  state.cart = [];
  state.cartId = null;
}

export function addToCart(visit: Visit, product: SimulatorProduct): void {
  const { state } = visit;
  const line = toLine(visit, product);
  const isNew = state.cartId === null;
  state.cartId ??= `sim-cart-${visit.idTail}`;
  const properties = { cartId: state.cartId, items: [toItem(line)] };
  if (isNew) tell(visit, "openCart", properties);
  tell(visit, "addToCart", properties);
  const present = state.cart.find(({ sku }) => sku === line.sku);
  state.cart = present
    ? state.cart.map((one) => (one === present ? { ...one, qty: one.qty + line.qty } : one))
    : [...state.cart, line];
  state.cartChangedAt = visit.at;
}

export function openCartPage(visit: Visit): void {
  const { state } = visit;
  open(visit, { type: "cart", title: "Cart", path: "/cart" });
  pause(visit, 0.3, 1);
  tell(visit, "shoppingCartView", { cartId: state.cartId, items: state.cart.map(toItem) });
}

export function removeFromCart(visit: Visit): void {
  const { state, random } = visit;
  const line = random.pick(state.cart);
  tell(visit, "removeFromCart", { cartId: state.cartId, items: [toItem(line)] });
  state.cart = state.cart.filter((one) => one !== line);
  state.cartChangedAt = visit.at;
}

export function changeWishlist(visit: Visit, product: SimulatorProduct): void {
  const { state } = visit;
  const isKept = state.wishlist.includes(product);
  tell(visit, isKept ? "removeFromWishlist" : "addToWishlist", { items: [toCard(product)] });
  state.wishlist = isKept ? state.wishlist.filter((one) => one !== product) : [...state.wishlist, product];
}

export function changeRequisitionList(visit: Visit, product: SimulatorProduct): void {
  const { state, random, shopper } = visit;
  if (!state.list) {
    state.list = {
      listId: `sim-list-${visit.idTail}`,
      name: `Simulated list of shopper ${shopper.index + 1}`,
      lines: [],
    };
    tell(visit, "createRequisitionList", { listId: state.list.listId, name: state.list.name, items: [] });
    pause(visit, 1, 3);
  }
  const { listId, name, lines } = state.list;
  const [oldest] = lines;
  const isRemoval = oldest !== undefined && random.chance(0.2);
  const line = isRemoval ? oldest : { ...toLine(visit, product), qty: random.whole(2, 12) };
  tell(visit, isRemoval ? "removeFromRequisitionList" : "addToRequisitionList", {
    listId,
    name,
    items: [toItem(line)],
  });
  state.list.lines = isRemoval ? lines.slice(1) : [...lines, line].slice(-20);
}

export function signIn(visit: Visit): void {
  open(visit, { type: "account", title: "Sign in", path: "/account" });
  pause(visit, 5, 15);
  tell(visit, "signIn", {}, true);
  visit.state.isSignedIn[visit.deviceIndex] = true;
}

export function createAccount(visit: Visit): void {
  const { state, shopper, random } = visit;
  const { customerId, email, traits } = shopper;
  open(visit, { type: "account", title: "Create an account", path: "/account/new" });
  pause(visit, 15, 40);
  tell(visit, "createAccount", {}, true);
  state.isRegistered = true;
  state.isSignedIn[visit.deviceIndex] = true;
  tellFromBackOffice(visit, visit.at + random.between(500, 3_000), "accountCreated", {
    customerId,
    email,
    properties: traits,
    traits: {
      ...traits,
      ...createCustomerRecord(shopper.index, visit.world.seed),
      startDate: new Date(visit.at).toISOString(),
    },
  });
}

export function signOut(visit: Visit): void {
  tell(visit, "signOut");
  visit.state.isSignedIn[visit.deviceIndex] = false;
}

/** Signs in or registers where the shopper is of a mind to. */
export function considerAccount(visit: Visit, signInRatio: number): void {
  const { shopper, state, random } = visit;
  if (isSignedIn(visit)) return;
  if (state.isRegistered) {
    if (random.chance(signInRatio)) signIn(visit);
  } else if (shopper.registersAtVisit !== null && state.visits >= shopper.registersAtVisit) createAccount(visit);
}
