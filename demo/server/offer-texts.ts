import { readCents } from "./ask-clientele.ts";
import { type Fields, isFields } from "./form.ts";

// What a shopper is told about offers.

const reasons: Readonly<Record<string, string>> = {
  unknown_code: "There is no such code. Please check the spelling.",
  not_combinable: "There are other codes in the cart already. Remove one first.",
  inactive_rule: "This code is not in use at the moment.",
  not_started: "This code is not valid yet.",
  expired: "This code is no longer valid.",
  website_mismatch: "This code is for another of our shops.",
  group_mismatch: "This code is for other customers.",
  usage_limit_reached: "This code was used as often as it may be.",
  customer_usage_limit_reached: "You have used this code as often as you may.",
  budget_exhausted: "This offer has run out.",
  conditions_not_met: "Your cart does not fulfil the conditions of this code yet.",
  no_matching_items: "Nothing in your cart takes part in this offer.",
  superseded: "It does not add to the offers that you have already.",
};

/** @param reason as Clientele names it */
export function couponMessage(reason: string | null): string {
  return (reason !== null && Object.hasOwn(reasons, reason) && reasons[reason]) || "This code gives nothing here.";
}

const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

export function formatDollars(cents: number): string {
  return dollars.format(cents / 100);
}

function missingText(lacks: unknown, attribute: unknown): string | null {
  const cents = readCents(lacks);
  if (cents !== undefined) return cents > 0 ? formatDollars(cents) : null;
  const count = Number(lacks);
  if (!Number.isFinite(count) || count <= 0) return null;
  const noun = String(attribute).endsWith("weight") ? "pounds" : count === 1 ? "piece" : "pieces";
  return `${count.toLocaleString("en-US", { maximumFractionDigits: 2 })} more ${noun}`;
}

/** "Add $7.50 for free shipping"; null for what a shopper cannot add. */
export function hintOf(near: Fields): { readonly rule: string; readonly text: string } | null {
  const { rule, label, missing } = near;
  if (!isFields(missing) || typeof label !== "string" || label === "") return null;
  const text = missingText(missing["lacks"], missing["attribute"]);
  return text === null ? null : { rule: String(rule), text: `Add ${text} for: ${label}` };
}
