import { ruleAudienceReferences } from "../../audiences/index.ts";
import type { DefinitionKind } from "../../definitions/index.ts";
import type { ErrorDetail } from "../../kernel/index.ts";
import { parseLocalDate } from "../../kernel/rules/index.ts";
import { normaliseCode } from "../coupons/index.ts";
import { type CartRuleBody, cartRuleSchema } from "./cart-rule-body.ts";
import { readScaled, scale } from "./exact.ts";

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
        ...couponFaults(body, others),
        ...(others.length < maxLiveRules
          ? []
          : [fault("", "tooMany", `at most ${maxLiveRules} rules can be live: pause or archive one`)]),
      ];
    },
    references: (body) => [
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

function actionFaults({ action }: CartRuleBody): readonly ErrorDetail[] {
  switch (action.type) {
    case "percent":
      return (readScaled(action.percent) ?? 0n) > 100n * scale
        ? [fault("/action/percent", "range", "at most 100 percent can be taken off")]
        : [];
    case "fixed":
    case "cart_fixed": {
      const currencies = action.amounts.map(({ currency }) => currency);
      return currencies.flatMap((currency, index) =>
        currencies.indexOf(currency) === index
          ? []
          : [fault(`/action/amounts/${index}/currency`, "duplicate", `${currency} has an amount already`)],
      );
    }
    case "buy_x_get_y":
      return action.get > action.buy
        ? [fault("/action/get", "range", `${action.get} free units are more than the ${action.buy} that are bought`)]
        : [];
    case "free_gift":
      return [];
  }
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
