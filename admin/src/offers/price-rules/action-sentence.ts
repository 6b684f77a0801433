/** What a rule does in a sentence, as one would say it. */
import type { Money } from "../../api/shapes.ts";
import { formatMoney, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import type { CartAction, CartRuleBody, Measure, PriceAction, Tier } from "./shapes.ts";

const s = messages.priceRules.sentences;

export function actionSentence({ action, freeShipping, targets }: CartRuleBody): string {
  const lines = targets === undefined ? s.allLines : s.someLines;
  return [
    `${sentenceOf(action, lines)}${limits(action)}.`,
    ...(action.applyToShipping === true ? [s.alsoShipping] : []),
    ...(freeShipping ? [s.freeShipping[freeShipping]] : []),
  ].join(" ");
}

function sentenceOf(action: CartAction, lines: string): string {
  switch (action.type) {
    case "percent":
      return action.percent === "0"
        ? s.nothing
        : action.applyOnce === true
          ? s.percentOnce(action.percent, lines)
          : s.percent(action.percent, lines);
    case "fixed":
      return action.applyOnce === true
        ? s.fixedOnce(amountsOf(action.amounts), lines)
        : s.fixed(amountsOf(action.amounts), lines);
    case "cart_fixed":
      return s.cartFixed(amountsOf(action.amounts), lines);
    case "buy_x_get_y":
      return s.buyXGetY(formatNumber(action.buy), formatNumber(action.get));
    case "free_gift":
      return s.gift(formatNumber(action.qty), [action.sku, ...(action.choices ?? [])].filter(Boolean).join(s.or));
    case "tiered_percent":
    case "tiered_fixed":
      return s.tiers(action.tiers.map((tier) => tierOf(tier, action.measure)).join(", "), lines);
    case "group_price":
      return s.groupPrice(formatNumber(action.qty), amountsOf(action.amounts));
    case "buy_get": {
      const [buy, get] = [formatNumber(action.buyQty), formatNumber(action.getQty)];
      const pick = s.picks[action.pick ?? "cheapest"];
      return Number(action.percent) === 100 ? s.buyGetFree(buy, get, pick) : s.buyGet(buy, get, action.percent, pick);
    }
  }
}

function limits(action: CartAction): string {
  const step = "step" in action ? action.step : undefined;
  const repeat = "repeat" in action ? action.repeat : undefined;
  const cap = "cap" in action ? action.cap : undefined;
  return [
    ...(step !== undefined && step > 1 ? [s.step(formatNumber(step))] : []),
    ...(action.maxQty === undefined ? [] : [s.maxQty(formatNumber(action.maxQty))]),
    ...(repeat === undefined ? [] : [s.repeat(formatNumber(repeat))]),
    ...(cap ? [s.cap(amountsOf(cap))] : []),
  ]
    .map((part) => `, ${part}`)
    .join("");
}

function amountsOf(amounts: readonly Money[]): string {
  return amounts.map(formatMoney).join(s.or);
}

function tierOf({ fromAmounts, fromQty, percent, amounts }: Tier, measure: Measure): string {
  const from = measure === "qty" ? s.pieces(formatNumber(fromQty ?? 1)) : amountsOf(fromAmounts ?? []);
  return s.tier(percent === undefined ? amountsOf(amounts ?? []) : `${percent} %`, from);
}

export function priceSentence(action: PriceAction): string {
  return "percent" in action ? s.price[action.type](action.percent) : s.price[action.type](amountsOf(action.amounts));
}
