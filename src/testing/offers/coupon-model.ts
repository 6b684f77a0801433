// A model of coupons that keeps no books: what is used is worked out anew from the orders each time.
import type { CouponRule } from "../../offers/coupons/index.ts";

export const modelRules: readonly CouponRule[] = [
  { key: "one", coupon: { type: "specific", code: "ONE", usesPerCoupon: 1 } },
  { key: "two", coupon: { type: "specific", code: "TWO", usesPerCoupon: 2 }, usesPerCustomer: 1 },
  { key: "auto", coupon: { type: "none" }, budget: { spend: { minor: 500, currency: "EUR" }, uses: 3 } },
];

export type Body = {
  readonly uses: readonly { readonly rule: "one" | "two" | "auto"; readonly minor: number }[];
  readonly customer: string | null;
};
export type Operation =
  | { readonly do: "reserve" | "redeem"; readonly id: number; readonly body: Body; readonly replaces: number | null }
  | { readonly do: "redeemReserved"; readonly id: number }
  | { readonly do: "release"; readonly id: number }
  | { readonly do: "wait"; readonly minutes: number };

type Use = { readonly n: number; readonly max: number };
type Known = { status: string; body: Body; asked: string; replaces: number | null; until: number };

const none = Number.POSITIVE_INFINITY;
const nothing: ReadonlyMap<string, Use> = new Map();

/** What one order uses: counter, amount, limit. */
function usesOf({ uses, customer }: Body): ReadonlyMap<string, Use> {
  const all = new Map<string, Use>();
  for (const { rule, minor } of uses) {
    all.set(`rule ${rule} ${rule}`, { n: 1, max: rule === "auto" ? 3 : none });
    if (rule === "auto") all.set("spend auto auto EUR", { n: minor, max: 500 });
    if (rule === "one") all.set("code one ONE", { n: 1, max: 1 });
    if (rule === "two") all.set("code two TWO", { n: 1, max: 2 });
    if (customer) all.set(`customer ${rule} customer:${customer}`, { n: 1, max: rule === "two" ? 1 : none });
  }
  return all;
}

/** Tells a repetition from another request. */
function spelling({ customer, uses }: Body, replaces: number | null): string {
  const sorted = uses.map(({ rule, minor }) => `${rule} ${rule === "auto" ? minor : ""}`).sort();
  return JSON.stringify([customer, sorted, replaces]);
}

export function createCouponModel() {
  const orders = new Map<number, Known>();
  let now = 0;
  const isActive = (order: Known | undefined): order is Known =>
    order?.status === "reserved" || order?.status === "redeemed";
  const editOf = (target: number) =>
    [...orders].find(([, order]) => order.status === "reserved" && order.replaces === target)?.[0];
  const replacedBy = ({ status, replaces }: Known): Known | undefined => {
    const found = status === "reserved" && replaces !== null ? orders.get(replaces) : undefined;
    return isActive(found) ? found : undefined;
  };

  /** Of an order and its edit that is not placed, the larger counts. */
  const used = (): ReadonlyMap<string, number> => {
    const sums = new Map<string, number>();
    for (const [id, order] of orders) {
      if (!isActive(order) || replacedBy(order)) continue;
      const edit = orders.get(editOf(id) ?? -1);
      const [own, other] = [usesOf(order.body), edit ? usesOf(edit.body) : nothing];
      for (const key of new Set([...own.keys(), ...other.keys()]))
        sums.set(key, (sums.get(key) ?? 0) + Math.max(own.get(key)?.n ?? 0, other.get(key)?.n ?? 0));
    }
    return sums;
  };

  const take = (id: number, body: Body, replaces: number | null, status: string): string => {
    const previous = replaces === null ? undefined : orders.get(replaces);
    if (replaces !== null) {
      const edit = editOf(replaces);
      if (!isActive(previous) || (edit !== undefined && edit !== id) || replacedBy(previous)) return "coupons.replaces";
    }
    const before = used();
    const own = previous ? usesOf(previous.body) : nothing;
    for (const [key, { n, max }] of usesOf(body)) {
      const more = n - (own.get(key)?.n ?? 0);
      if (more > 0 && (before.get(key) ?? 0) + more > max) return "rejected";
    }
    orders.set(id, { status, body, asked: spelling(body, replaces), replaces, until: now + 30 });
    if (status === "redeemed" && previous) previous.status = "replaced";
    return "ok";
  };

  const give = (id: number, status: string): void => {
    const order = orders.get(id);
    if (!order) return;
    const edit = orders.get(editOf(id) ?? -1);
    // The edit stands alone from now on.
    if (edit) edit.replaces = null;
    order.status = status;
    order.replaces = null;
  };

  const place = (order: Known): string => {
    const previous = replacedBy(order);
    order.status = "redeemed";
    if (previous) previous.status = "replaced";
    return "ok";
  };

  const redeemReserved = (id: number): string => {
    const known = orders.get(id);
    if (known?.status === "reserved") return place(known);
    if (known?.status === "released") return "coupons.released";
    // Taken again as it was; what it was to replace is left alone.
    if (known?.status !== "expired") return "ok";
    const { asked } = known;
    const outcome = take(id, known.body, null, "redeemed");
    const taken = orders.get(id);
    if (outcome === "ok" && taken) taken.asked = asked;
    return outcome;
  };

  const ask = ({ do: kind, id, body, replaces }: Extract<Operation, { body: Body }>): string => {
    const known = orders.get(id);
    const isReserve = kind === "reserve";
    if (known?.status === "replaced") return isReserve ? "coupons.conflict" : "ok";
    if (known?.status === "released" && !isReserve) return "coupons.released";
    if (!isActive(known)) return take(id, body, replaces, isReserve ? "reserved" : "redeemed");
    if (known.asked !== spelling(body, replaces)) return "coupons.conflict";
    return !isReserve && known.status === "reserved" ? place(known) : "ok";
  };

  const release = (id: number): string => {
    const status = orders.get(id)?.status;
    if (status !== "replaced" && status !== "released") give(id, "released");
    return "ok";
  };

  const wait = (minutes: number): string => {
    now += minutes;
    const over = [...orders].filter(([, { status, until }]) => status === "reserved" && until <= now);
    for (const [id] of over.sort(([, a], [, b]) => a.until - b.until)) give(id, "expired");
    return "ok";
  };

  return {
    /** @returns `ok`, `rejected`, or the code of the error */
    apply: (operation: Operation): string => {
      switch (operation.do) {
        case "wait":
          return wait(operation.minutes);
        case "release":
          return release(operation.id);
        case "redeemReserved":
          return redeemReserved(operation.id);
        default:
          return ask(operation);
      }
    },
    /** By `kind rule item`; only what is above 0. */
    used,
  };
}
