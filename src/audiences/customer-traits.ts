/**
 * What a customer record says of a person: group, newsletter, store credit, points, loyalty, dates. Shops, Adobe's profile records and
 * Segment name these differently; rules read one name, whichever was written.
 */
import { isObject, type Money, toMinor } from "../kernel/index.ts";
import type { Attribute, ProfileState } from "../profiles/index.ts";
import { consentStatus, readMoney } from "../profiles/index.ts";
import { addressesOf } from "./address-book.ts";
import { firstOrderAt } from "./order-traits.ts";
import type { TraitInput } from "./traits.ts";

const dayMs = 86_400_000;
/** Below this a time in numbers is in seconds, as Segment and Shopify write it: 1e11 ms is in 1973. */
const secondsBelow = 100_000_000_000;

/** The attribute of the first of these names that has a value. */
function writtenAttribute({ attributes }: ProfileState, names: readonly string[]): Attribute | undefined {
  for (const name of names) {
    const attribute = attributes[name];
    const value = attribute?.value;
    if (value !== undefined && value !== null && value !== "") return attribute;
  }
  return undefined;
}

function written(state: ProfileState, ...names: readonly string[]): unknown {
  return writtenAttribute(state, names)?.value;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value;
  if (!isObject(value)) return undefined;
  return textOf(value["code"] ?? value["name"] ?? value["id"]);
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** Text stays as it was written where rules can read it. */
function instantOf(value: unknown): number | string | undefined {
  if (typeof value === "number") return value < secondsBelow ? value * 1000 : value;
  if (typeof value !== "string") return undefined;
  return /^\d{9,10}$/.test(value) ? Number(value) * 1000 : value;
}

function msOf(value: unknown): number | undefined {
  const instant = instantOf(value);
  const ms = typeof instant === "string" ? Date.parse(instant) : instant;
  return ms === undefined || Number.isNaN(ms) ? undefined : ms;
}

export function customerGroup({ state }: Pick<TraitInput, "state">): string | undefined {
  return textOf(written(state, "group", "customer_group", "customer_group_code", "group_code", "group_id"));
}

export function firstName({ state }: TraitInput): unknown {
  return written(state, "first_name", "firstname", "given_name");
}

export function lastName({ state }: TraitInput): unknown {
  return written(state, "last_name", "lastname", "family_name");
}

/** Numbers as Adobe Commerce has them. */
const genders: Readonly<Record<string, string>> = {
  "1": "male",
  "2": "female",
  "3": "not_specified",
  m: "male",
  f: "female",
};

export function gender({ state }: TraitInput): string | undefined {
  const text = textOf(written(state, "gender", "sex"));
  if (text === undefined) return undefined;
  const key = text.toLowerCase();
  return Object.hasOwn(genders, key) ? genders[key] : text;
}

/** The calendar day; a month and day without a year has none. */
export function birthDate({ state }: TraitInput): string | undefined {
  const text = textOf(written(state, "birth_date", "birthday", "date_of_birth", "dob"));
  if (text !== undefined) return /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? text;
  const year = textOf(written(state, "birth_year"));
  const day = textOf(written(state, "birth_day_and_month"));
  return year && day && /^\d{4}$/.test(year) && /^\d{2}-\d{2}$/.test(day) ? `${year}-${day}` : undefined;
}

export function customerSince({ state }: TraitInput): number | string | undefined {
  return instantOf(written(state, "created_at", "start_date", "customer_since", "registered_at"));
}

/** Words and numbers (Adobe Commerce's subscriber status) for the four states a subscription has. */
const newsletterStates: Readonly<Record<string, string>> = {
  true: "subscribed",
  yes: "subscribed",
  "1": "subscribed",
  active: "subscribed",
  "2": "not_active",
  inactive: "not_active",
  false: "unsubscribed",
  no: "unsubscribed",
  "0": "unsubscribed",
  "3": "unsubscribed",
  "4": "unconfirmed",
  pending: "unconfirmed",
};
const newsletterNames = ["newsletter", "newsletter_status", "is_subscribed", "newsletter_subscribed"];
const emailMarketing = "marketing:email";

/** What the shop's record and the person's own decision about marketing e-mail say; the later one holds. */
export function newsletter({ state, nowMs }: TraitInput): string | undefined {
  const attribute = writtenAttribute(state, newsletterNames);
  const decision = Object.hasOwn(state.consents, emailMarketing) ? state.consents[emailMarketing] : undefined;
  if (decision && (attribute === undefined || decision.at > attribute.at)) {
    const status = consentStatus(state, "marketing", "email", nowMs);
    if (status !== "unset") return status === "granted" ? "subscribed" : "unsubscribed";
  }
  const value = attribute?.value;
  const word = typeof value === "boolean" ? String(value) : textOf(value)?.toLowerCase();
  return word !== undefined && Object.hasOwn(newsletterStates, word) ? newsletterStates[word] : word;
}

/** Written as `{minor, currency}`, or as a decimal amount in the deployment's currency. */
export function storeCredit({ state, currency }: TraitInput): Money | undefined {
  const value = written(state, "store_credit", "customer_balance", "store_credit_balance");
  const money = readMoney(value);
  if (money) return money;
  const minor = typeof value === "string" || typeof value === "number" ? toMinor(value, currency) : undefined;
  return minor === undefined ? undefined : { minor, currency };
}

function loyaltyFields(state: ProfileState): Readonly<Record<string, unknown>> {
  const value = written(state, "loyalty");
  return isObject(value) ? value : {};
}

export function rewardPoints({ state }: TraitInput): number | undefined {
  return numberOf(written(state, "reward_points", "loyalty_points") ?? loyaltyFields(state)["points"]);
}

/** `program tier points status join_date`, and what else the shop keeps there; undefined for who is in no programme. */
export function loyalty({ state }: TraitInput): Readonly<Record<string, unknown>> | undefined {
  const { joinDate, ...fields } = loyaltyFields(state);
  const points = numberOf(fields["points"] ?? written(state, "loyalty_points"));
  const tier = fields["tier"] ?? written(state, "loyalty_tier", "loyalty_level");
  const status = fields["status"] ?? written(state, "loyalty_status");
  const joined = instantOf(fields["join_date"] ?? joinDate);
  const all = {
    ...fields,
    ...(tier === undefined ? {} : { tier }),
    ...(points === undefined ? {} : { points }),
    ...(status === undefined ? {} : { status }),
    ...(joined === undefined ? {} : { join_date: joined }),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}

const yes: ReadonlySet<unknown> = new Set([true, 1, "1", "true", "yes", "eligible"]);

/** Told by the shop; undefined when it says nothing of upgrades. */
export function upgradeEligible({ state }: TraitInput): boolean | undefined {
  const names = ["upgrade_eligible", "upgrade_eligibility", "eligible_for_upgrade", "loyalty_upgrade_eligible"];
  const value = written(state, ...names);
  if (value === undefined) return undefined;
  return yes.has(typeof value === "string" ? value.toLowerCase() : value);
}

export function hasDefaultBilling({ state }: TraitInput): boolean {
  return addressesOf(state).some((address) => address["default_billing"] === true);
}

export function hasDefaultShipping({ state }: TraitInput): boolean {
  return addressesOf(state).some((address) => address["default_shipping"] === true);
}

/** The last sign-in that an event or the shop told. */
export function lastLoginAt({ state }: TraitInput): number | undefined {
  const told = msOf(written(state, "last_login_at", "last_login"));
  const seen = state.signedInAt;
  return told === undefined || seen === undefined ? (told ?? seen) : Math.max(told, seen);
}

function daysSince(at: number | undefined, nowMs: number): number | undefined {
  return at === undefined ? undefined : Math.max(0, Math.floor((nowMs - at) / dayMs));
}

/** When the number of full days since an instant next grows. */
function nextDay(at: number | undefined, nowMs: number): number {
  const days = daysSince(at, nowMs);
  return at === undefined || days === undefined ? Number.POSITIVE_INFINITY : at + (days + 1) * dayMs;
}

export function daysSinceLastLogin(input: TraitInput): number | undefined {
  return daysSince(lastLoginAt(input), input.nowMs);
}

export function lastLoginChangesAt(input: TraitInput): number {
  return nextDay(lastLoginAt(input), input.nowMs);
}

export function daysSinceFirstOrder(input: TraitInput): number | undefined {
  return daysSince(firstOrderAt(input), input.nowMs);
}

export function firstOrderChangesAt(input: TraitInput): number {
  return nextDay(firstOrderAt(input), input.nowMs);
}
