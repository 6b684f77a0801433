import { isInWindow, type LiveDefinition } from "../../definitions/index.ts";
import { compareText, parseLocalDate } from "../../kernel/rules/index.ts";
import type { CartRuleBody } from "../cart-rules/index.ts";
import { foldCode } from "../fold-code.ts";

/** What the shop tells everybody of an offer; nothing else of the rule is public. */
export type PublicOffer = {
  readonly id: string;
  readonly title: string;
  /** First and last day, inclusive, in the shop's time zone; null = no bound. */
  readonly from: string | null;
  readonly to: string | null;
  /** When its schedule ends; null = no bound. */
  readonly endsAt: string | null;
  /** The code that everybody may use; null = none is needed, or each customer has one of their own. */
  readonly couponCode: string | null;
  readonly needsCoupon: boolean;
  readonly updatedAt: string;
};

type Rule = LiveDefinition<CartRuleBody>;
type Place = { readonly storeView: string; readonly website: string; readonly nowMs: number; readonly day: number };

/** Readers of a feed take no more of one shop. */
export const maxOffers = 200;
/** A public feed is for who is not signed in. */
const everybody = "not_logged_in";

/**
 * The live rules that the shop lists in its feed, for one store view, by priority. Left out is what visitors who are not signed in do not
 * get, and what has no text for shoppers: no label, and as a coupon rule neither description nor code.
 */
export function publicOffers(rules: readonly Rule[], place: Place): readonly PublicOffer[] {
  return rules
    .filter((rule) => rule.body.publicInFeed === true && isRunning(rule, place))
    .sort((a, b) => a.body.priority - b.body.priority || compareText(a.id, b.id))
    .flatMap((rule) => {
      const title = titleOf(rule.body, place.storeView);
      return title === undefined ? [] : [toOffer(rule, title)];
    })
    .slice(0, maxOffers);
}

function isRunning(rule: Rule, { storeView, website, nowMs, day }: Place): boolean {
  const { scope, body } = rule;
  if (scope.storeViews !== null && !scope.storeViews.includes(storeView)) return false;
  if (body.websites && !body.websites.some((each) => foldCode(each) === website)) return false;
  if (body.customerGroups && !body.customerGroups.some((each) => foldCode(each) === everybody)) return false;
  const from = parseLocalDate(body.from) ?? Number.NEGATIVE_INFINITY;
  const to = parseLocalDate(body.to) ?? Number.POSITIVE_INFINITY;
  return day >= from && day <= to && isInWindow(rule, nowMs);
}

/** As on the cart: the label, else of a coupon rule its description, else the code. */
function titleOf({ labels, coupon, description }: CartRuleBody, storeView: string): string | undefined {
  const own = labels?.storeViews;
  const label = (own && Object.hasOwn(own, storeView) ? own[storeView] : undefined) ?? labels?.default;
  if (label !== undefined || !coupon || coupon.type === "none") return label;
  return description || (coupon.type === "specific" ? coupon.code : undefined);
}

function toOffer({ id, body, window, updatedAt }: Rule, title: string): PublicOffer {
  const { coupon } = body;
  return {
    ...{ id, title, from: body.from ?? null, to: body.to ?? null },
    endsAt: window.toMs === null ? null : new Date(window.toMs).toISOString(),
    couponCode: coupon?.type === "specific" ? coupon.code.trim() : null,
    needsCoupon: coupon !== undefined && coupon.type !== "none",
    updatedAt: new Date(updatedAt).toISOString(),
  };
}
