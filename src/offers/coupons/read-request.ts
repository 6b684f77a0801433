// What a shop's server says of an order, checked and in one spelling.
import { ClienteleError, type ErrorDetail, type Money, sha256Hex } from "../../kernel/index.ts";
import { maxCodeLength, normaliseCode } from "./coupon-rule.ts";

export type UseRequest = {
  /** Key of the rule; may be left out where a code tells it. */
  readonly ruleKey?: string | undefined;
  readonly code?: string | undefined;
  /** The discount that this rule gives to the order; needed where it has a spend budget. */
  readonly amount?: Money | undefined;
};

export type CouponRequest = {
  /** The number of the order in the shop: the key under which a call may be repeated. */
  readonly orderId: string;
  /** Registered customer; null or missing for guests. */
  readonly customerId?: string | null | undefined;
  /** Address of a guest; only a hash of it is kept, and only where guests are bound by limits. */
  readonly email?: string | null | undefined;
  readonly storeView?: string | undefined;
  readonly uses: readonly UseRequest[];
  /** The order that this one is an edit of: what it uses does not count against this one. */
  readonly replaces?: string | undefined;
  /** Take what is left of a spend budget when it is less than the discount. Default false. */
  readonly allowPartial?: boolean | undefined;
};

/** A request in one spelling. */
export type ReadRequest = {
  readonly orderId: string;
  readonly customerKey: string | null;
  readonly storeView: string;
  readonly uses: readonly {
    readonly ruleKey: string | null;
    readonly code: string | null;
    readonly amount: Money | null;
  }[];
  readonly replaces: string | null;
  readonly allowPartial: boolean;
  readonly hash: string;
};

export const maxUses = 50;
export const maxOrderIdLength = 128;
const maxTextLength = 320;

/** Who is meant by limits per customer; null = nobody can be told apart. */
export function customerKeyOf(
  who: { readonly customerId?: string | null | undefined; readonly email?: string | null | undefined },
  bindGuests: boolean,
): string | null {
  const customerId = who.customerId?.trim();
  if (customerId && (customerId.length > maxTextLength || customerId.includes("\0"))) return null;
  if (customerId) return `customer:${customerId}`;
  const email = who.email?.trim().normalize("NFC").toLowerCase();
  return bindGuests && email ? `email:${sha256Hex(email)}` : null;
}

function faultsOf(
  { orderId, customerId, email, uses, replaces }: CouponRequest,
  maxCodes: number,
): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const fault = (path: string, message: string) => faults.push({ path, code: "coupons.invalid", message });
  const isText = (text: string, limit: number) => text.trim() !== "" && text.length <= limit && !text.includes("\0");
  if (!isText(orderId, maxOrderIdLength)) fault("/orderId", `is a text of 1 to ${maxOrderIdLength} characters`);
  if (replaces !== undefined && !isText(replaces, maxOrderIdLength)) fault("/replaces", "is the id of an order");
  if (replaces !== undefined && replaces.trim() === orderId.trim()) fault("/replaces", "is the order itself");
  for (const [name, text] of Object.entries({ customerId, email }))
    if (text && !isText(text, maxTextLength)) fault(`/${name}`, `is a text of at most ${maxTextLength} characters`);
  if (uses.length === 0 || uses.length > maxUses) fault("/uses", `holds 1 to ${maxUses} uses`);
  const codes = new Set(uses.slice(0, maxUses).flatMap(({ code }) => (code === undefined ? [] : normaliseCode(code))));
  if (codes.size > maxCodes) fault("/uses", `names ${codes.size} codes; an order may have ${maxCodes}`);
  for (const [index, { ruleKey, code, amount }] of uses.slice(0, maxUses).entries()) {
    if (ruleKey === undefined && code === undefined) fault(`/uses/${index}`, "names a rule or a code");
    if (ruleKey !== undefined && !isText(ruleKey, 200)) fault(`/uses/${index}/ruleKey`, "is the key of a rule");
    if (code !== undefined && !isText(code, maxCodeLength))
      fault(`/uses/${index}/code`, `is a text of 1 to ${maxCodeLength} characters`);
    if (amount && (!Number.isSafeInteger(amount.minor) || amount.minor < 0 || !/^[A-Z]{3}$/.test(amount.currency)))
      fault(`/uses/${index}/amount`, "is {minor, currency} with a whole number of at least 0");
  }
  return faults;
}

/** Equal for requests that mean the same. */
function hashOf({ customerKey, uses, replaces, allowPartial }: Omit<ReadRequest, "hash">): string {
  const sorted = uses
    .map(({ ruleKey, code, amount }) =>
      JSON.stringify([ruleKey, code, amount?.minor ?? null, amount?.currency ?? null]),
    )
    .sort();
  return sha256Hex(JSON.stringify([customerKey, sorted, replaces, allowPartial]));
}

export type ReadingRules = {
  readonly bindGuests: boolean;
  readonly defaultStoreView: string;
  /** Different codes of one order. */
  readonly maxCodes: number;
};

/** @throws {ClienteleError} `coupons.invalid` with every fault */
export function readRequest(
  request: CouponRequest,
  { bindGuests, defaultStoreView, maxCodes }: ReadingRules,
): ReadRequest {
  const details = faultsOf(request, maxCodes);
  if (details.length > 0)
    throw new ClienteleError("coupons.invalid", `${details.length} fields are faulty; nothing was changed`, {
      details,
    });
  const read = {
    orderId: request.orderId.trim(),
    customerKey: customerKeyOf(request, bindGuests),
    storeView: request.storeView?.trim().slice(0, 64) || defaultStoreView,
    uses: request.uses.map(({ ruleKey, code, amount }) => ({
      ruleKey: ruleKey?.trim() ?? null,
      code: code === undefined ? null : normaliseCode(code),
      amount: amount ? { minor: amount.minor, currency: amount.currency } : null,
    })),
    replaces: request.replaces?.trim() ?? null,
    allowPartial: request.allowPartial ?? false,
  };
  return { ...read, hash: hashOf(read) };
}
