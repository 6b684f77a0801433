import { ruleAudienceReferences } from "../../audiences/index.ts";
import type { DefinitionKind } from "../../definitions/index.ts";
import type { ErrorDetail, Money } from "../../kernel/index.ts";
import { parseLocalDate } from "../../kernel/rules/index.ts";
import { normaliseCode } from "../coupons/index.ts";
import { type CartRuleBody, cartRuleSchema } from "./cart-rule-body.ts";
import { readScaled, scale } from "./exact.ts";
import { priceRuleGroupKindName } from "./price-rule-group.ts";

/** Checks a rule tree as it may be used; paths of faults start with the prefix. */
export type CheckRule = (rule: unknown, use: "cart_rule" | "cart_action", prefix: string) => readonly ErrorDetail[];

export const cartRuleKindName = "cart-price-rule";

/** All of them are compiled in memory. */
const maxLiveRules = 20_000;

/** The definition kind `cart-price-rule`. */
export function createCartRuleKind(checkRule: CheckRule): DefinitionKind<CartRuleBody> {
  return {
    kind: cartRuleKindName,
    label: "Cart price rule",
    schema: cartRuleSchema,
    check: (body, { key, live }) => {
      const others = live<CartRuleBody>(cartRuleKindName).filter((each) => each.key !== key);
      return [
        ...(body.conditions === undefined ? [] : checkRule(body.conditions, "cart_rule", "/conditions")),
        ...(body.targets === undefined ? [] : checkRule(body.targets, "cart_action", "/targets")),
        ...dayFaults(body),
        ...actionFaults(body),
        ...treesOfAction(body).flatMap(([path, tree]) => checkRule(tree, "cart_action", path)),
        ...couponFaults(body, others),
        ...(others.length < maxLiveRules
          ? []
          : [fault("", "tooMany", `at most ${maxLiveRules} rules can be live: pause or archive one`)]),
      ];
    },
    references: (body) => [
      ...(body.group === undefined ? [] : [{ kind: priceRuleGroupKindName, key: body.group, path: "/group" }]),
      ...ruleAudienceReferences(body.conditions, "/conditions"),
      ...(body.blocks ?? []).map((key, index) => ({ kind: "block", key, path: `/blocks/${index}` })),
    ],
  };
}

function fault(path: string, code: string, message: string): ErrorDetail {
  return { path, code, message };
}

function dayFaults({ from, to }: CartRuleBody): readonly ErrorDetail[] {
  const faults = [["/from", from] as const, ["/to", to] as const].flatMap(([path, day]) =>
    day === undefined || parseLocalDate(day) !== undefined ? [] : [fault(path, "day", `${day} is no day`)],
  );
  if (faults.length === 0 && from !== undefined && to !== undefined && from > to)
    return [fault("/to", "order", `ends on ${to}, before it starts on ${from}`)];
  return faults;
}

/** Trees within an action, with their paths. */
function treesOfAction({ action }: CartRuleBody): readonly (readonly [string, unknown])[] {
  if (action.type !== "buy_get") return [];
  const trees = [["/action/buy", action.buy] as const, ["/action/get", action.get] as const];
  return trees.filter(([, tree]) => tree !== undefined);
}

function actionFaults({ action }: CartRuleBody): readonly ErrorDetail[] {
  switch (action.type) {
    case "percent":
      return [...percentFaults(action.percent, "/action/percent"), ...amountFaults(action.cap ?? [], "/action/cap")];
    case "buy_get":
      return percentFaults(action.percent, "/action/percent");
    case "fixed":
    case "cart_fixed":
    case "group_price":
      return amountFaults(action.amounts, "/action/amounts");
    case "tiered_percent":
      return [
        ...tierFaults(action.measure, action.tiers),
        ...action.tiers.flatMap(({ percent }, index) => percentFaults(percent, `/action/tiers/${index}/percent`)),
        ...amountFaults(action.cap ?? [], "/action/cap"),
      ];
    case "tiered_fixed":
      return [
        ...tierFaults(action.measure, action.tiers),
        ...action.tiers.flatMap(({ amounts }, index) => amountFaults(amounts, `/action/tiers/${index}/amounts`)),
      ];
    case "buy_x_get_y":
      return action.get > action.buy
        ? [fault("/action/get", "range", `${action.get} free units are more than the ${action.buy} that are bought`)]
        : [];
    case "free_gift":
      return action.autoAdd && action.choices
        ? [fault("/action/autoAdd", "conflict", "a gift that the shopper chooses cannot be added by itself")]
        : [];
  }
}

function percentFaults(percent: string, path: string): readonly ErrorDetail[] {
  if ((readScaled(percent) ?? 0n) <= 100n * scale) return [];
  return [fault(path, "range", "at most 100 percent can be taken off")];
}

function amountFaults(amounts: readonly Money[], path: string): readonly ErrorDetail[] {
  const currencies = amounts.map(({ currency }) => currency);
  return currencies.flatMap((currency, index) =>
    currencies.indexOf(currency) === index
      ? []
      : [fault(`${path}/${index}/currency`, "duplicate", `${currency} has an amount already`)],
  );
}

type TierFrom = { readonly fromQty?: number; readonly fromAmounts?: readonly Money[] };

/** Each tier says where it begins in the terms of the measure, and later than the one before in every currency that both name. */
function tierFaults(measure: string, tiers: readonly TierFrom[]): readonly ErrorDetail[] {
  const [field, other] =
    measure === "qty" ? (["fromQty", "fromAmounts"] as const) : (["fromAmounts", "fromQty"] as const);
  return tiers.flatMap((tier, index) => {
    const path = `/action/tiers/${index}`;
    const before = tiers[index - 1];
    if (tier[field] === undefined) return [fault(`${path}/${field}`, "missing", `a tier of ${measure} says ${field}`)];
    if (tier[other] !== undefined)
      return [fault(`${path}/${other}`, "conflict", `a tier of ${measure} says ${field} and nothing else`)];
    const faults = amountFaults(tier.fromAmounts ?? [], `${path}/fromAmounts`);
    const rises = before === undefined || startsAfter(before, tier);
    return rises ? faults : [...faults, fault(`${path}/${field}`, "order", "a tier begins above the one before it")];
  });
}

function startsAfter(before: TierFrom, tier: TierFrom): boolean {
  if (tier.fromQty !== undefined) return tier.fromQty > (before.fromQty ?? 0);
  return (tier.fromAmounts ?? []).every(({ currency, minor }) => {
    const known = before.fromAmounts?.find((each) => each.currency === currency);
    return known === undefined || minor > known.minor;
  });
}

function couponFaults(
  { coupon }: CartRuleBody,
  others: readonly { readonly key: string; readonly name: string; readonly body: CartRuleBody }[],
): readonly ErrorDetail[] {
  if (coupon?.type !== "specific") return [];
  const code = normaliseCode(coupon.code);
  if (code === "") return [fault("/coupon/code", "length", "a code has at least one character that is no blank")];
  const owner = others.find(({ body }) => body.coupon?.type === "specific" && normaliseCode(body.coupon.code) === code);
  return owner ? [fault("/coupon/code", "duplicate", `the rule ${owner.key} has the code ${code} already`)] : [];
}
