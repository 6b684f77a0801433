// Turns the cases of catalog price rules into rules and products of ours.
import type { CatalogProduct } from "../../catalog/index.ts";
import { isObject, type Money } from "../../kernel/index.ts";
import { createAttributeCatalog } from "../../kernel/rules/attribute-catalog.ts";
import { compileRule } from "../../kernel/rules/compile.ts";
import { parseInstant } from "../../kernel/rules/time.ts";
import { validateRule } from "../../kernel/rules/validate.ts";
import { type CatalogRuleBody, type RuleDefinition, toCatalogRule } from "../../offers/catalog-rules/index.ts";
import { aProduct } from "../a-product.ts";
import { catalogOfPriceRule, translatePriceRule } from "./translate-price-rule.ts";

type Json = Readonly<Record<string, unknown>>;

export type CatalogRuleCase = {
  readonly name: string;
  readonly currency: string;
  readonly product: {
    readonly sku: string;
    readonly price: number;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly special?: { readonly price: number; readonly from?: string; readonly to?: string };
    readonly tierPrices?: readonly { readonly qty: number; readonly group?: string; readonly price: number }[];
  };
  readonly context: {
    readonly website: string;
    readonly customerGroup?: string;
    readonly qty?: number | string;
    readonly now: string;
    readonly timezone: string;
  };
  readonly rules: readonly {
    readonly id: number;
    readonly name: string;
    readonly priority: number;
    readonly active?: boolean;
    readonly from?: string;
    readonly to?: string;
    readonly websites?: readonly string[];
    readonly customerGroups?: readonly string[];
    readonly conditions?: Json;
    readonly action: { readonly type: string; readonly value: string };
    readonly stop?: boolean;
  }[];
  readonly expected: {
    readonly rulePrice: number | null;
    readonly finalPrice: number;
    readonly appliedRules: readonly number[];
  };
};

/** The live rules of a case; one that is not active is none. */
export function rulesOfCase({ rules, currency, context }: CatalogRuleCase) {
  return rules
    .filter(({ active = true }) => active)
    .map((rule) => {
      const { conditions, action } = rule;
      const tree = conditions ? withMoney(translatePriceRule(conditions, currency), currency) : undefined;
      const listPrice = { path: "product.price", type: "money", label: "price" } as const;
      const catalog = createAttributeCatalog([...catalogOfPriceRule(conditions ?? {}).list(), listPrice]);
      const environment = { catalog, timezone: context.timezone };
      const definition: RuleDefinition = {
        id: String(rule.id).padStart(12, "0"),
        key: String(rule.id),
        name: rule.name,
        version: 1,
        scope: { storeViews: null },
        window: { fromMs: null, toMs: null },
        body: {
          priority: rule.priority,
          ...(rule.websites ? { websites: rule.websites } : {}),
          ...(rule.customerGroups ? { customerGroups: rule.customerGroups } : {}),
          ...(rule.from ? { from: rule.from } : {}),
          ...(rule.to ? { to: rule.to } : {}),
          ...(tree === undefined ? {} : { conditions: tree as NonNullable<CatalogRuleBody["conditions"]> }),
          ...(rule.stop === undefined ? {} : { stop: rule.stop }),
          action: actionOf(action, currency),
        },
      };
      return toCatalogRule(definition, (node) => {
        const read = validateRule(node, { catalog, use: "catalog_rule", timezone: context.timezone });
        if (!read.ok) throw new Error(JSON.stringify(read.faults));
        return compileRule(read.rule, environment);
      });
    });
}

/** Conditions on the price read the list price: minor units of the case's currency. */
function withMoney(rule: unknown, currency: string): unknown {
  const toMoney = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(toMoney) : { minor: Number(value), currency };
  if (Array.isArray(rule)) return rule.map((each) => withMoney(each, currency));
  if (!isObject(rule)) return rule;
  if (rule["path"] === "product.price" && rule["value"] !== undefined)
    return { ...rule, value: toMoney(rule["value"]) };
  return Object.fromEntries(Object.entries(rule).map(([key, value]) => [key, withMoney(value, currency)]));
}

function actionOf({ type, value }: { readonly type: string; readonly value: string }, currency: string) {
  if (type === "by_percent" || type === "to_percent") return { type, percent: value } as const;
  if (type === "by_fixed" || type === "to_fixed")
    return { type, amounts: [{ minor: Number(value), currency }] } as const;
  throw new Error(`unknown action ${type}`);
}

export function productOfCase({ product, currency }: CatalogRuleCase): CatalogProduct {
  const money = (minor: number): Money => ({ minor, currency });
  const { special, tierPrices } = product;
  return aProduct(product.sku, {
    price: money(product.price),
    specialPrice: special ? money(special.price) : null,
    ...(special ? { specialDays: { from: special.from ?? null, to: special.to ?? null } } : {}),
    ...(tierPrices ? { tierPrices: tierPrices.map(({ price, ...tier }) => ({ ...tier, price: money(price) })) } : {}),
  });
}

/** Unix milliseconds. */
export function nowOfCase({ context }: CatalogRuleCase): number {
  const now = parseInstant(context.now);
  if (!now) throw new Error(`no instant: ${context.now}`);
  return now.ms;
}
