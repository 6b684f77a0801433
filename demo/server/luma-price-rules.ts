import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Fields, isFields } from "./form.ts";
import { toCents } from "./money.ts";

// The price rules of the Luma sample shop, as definitions. Its file has Magento's condition trees; what occurs in them is
// translated, and anything else is refused loudly rather than left out: a rule with a condition less gives too much.

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type PriceRuleDefinition = {
  readonly kind: "cart-price-rule" | "catalog-price-rule";
  readonly key: string;
  readonly name: string;
  readonly scope: { readonly storeViews: null };
  readonly schedule: null;
  readonly body: { readonly [key: string]: Json };
  readonly status: "live" | "paused";
};

/** Paths of categories by their URL key. */
type Paths = ReadonlyMap<string, string>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const records = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

function pathsByUrlKey(rows: readonly Fields[]): Paths {
  const pathByNames = new Map<string, string>();
  const paths = new Map<string, string>();
  for (const row of rows) {
    const parent = text(row["parent"]);
    const above = pathByNames.get(parent);
    const urlKey = text(row["url_key"]);
    const path = above === undefined ? urlKey : `${above}/${urlKey}`;
    pathByNames.set(parent === "" ? text(row["name"]) : `${parent}/${text(row["name"])}`, path);
    if (!paths.has(urlKey)) paths.set(urlKey, path);
  }
  return paths;
}

function categoriesOf(value: string, paths: Paths): readonly string[] {
  return value.split(",").map((part) => {
    const path = paths.get(part.replace(/^url_key=/, ""));
    if (path === undefined) throw new Error(`the price rules name the category ${part}, which the categories lack`);
    return path;
  });
}

function productLeaf(node: Fields, paths: Paths): Json {
  const [attribute, operator, value] = [text(node["attribute"]), text(node["operator"]), text(node["value"])];
  if (attribute === "category_ids" && (operator === "()" || operator === "=="))
    return { attribute: { path: "product.category_ids", op: "in", value: categoriesOf(value, paths) } };
  if (attribute === "sku" && operator === "==") return { attribute: { path: "product.sku", op: "eq", value } };
  // The only flag that the file asks for; the catalog knows it by the category that it fills.
  if (attribute === "sale" && operator === "==" && value === "1")
    return { attribute: { path: "product.category_ids", op: "in", value: categoriesOf("sale", paths) } };
  throw new Error(`the price rules have a condition that is not known: ${attribute} ${operator}`);
}

function group(node: Fields, paths: Paths): Json {
  const inner = records(node["conditions"]).map((child) => conditionOf(child, paths));
  const wanted = text(node["value"]) === "0" ? inner.map((condition) => ({ not: condition })) : inner;
  return text(node["aggregator"]) === "any" ? { any: wanted } : { all: wanted };
}

function conditionOf(node: Fields, paths: Paths): Json {
  switch (text(node["type"]).split("\\").slice(-2).join("/")) {
    case "Condition/Combine":
    case "Product/Combine":
      return group(node, paths);
    case "Product/Found": {
      const match = text(node["value"]) === "0" ? "none" : "some";
      const where = records(node["conditions"]).length === 0 ? {} : { where: group({ ...node, value: "1" }, paths) };
      return { items: { of: "cart", match, ...where } };
    }
    case "Condition/Address": {
      if (text(node["attribute"]) !== "base_subtotal" || text(node["operator"]) !== ">=") break;
      const value = { minor: toCents(Number(node["value"])), currency: "USD" };
      return { attribute: { path: "cart.subtotal", op: "gte", value } };
    }
    case "Condition/Product":
      return productLeaf(node, paths);
  }
  throw new Error(
    `the price rules have a condition that is not known: ${text(node["type"])} ${text(node["attribute"])}`,
  );
}

/** The tree of a rule; nothing for one without conditions, which always holds. */
function treeOf(node: unknown, paths: Paths): Json | undefined {
  return isFields(node) && records(node["conditions"]).length > 0 ? conditionOf(node, paths) : undefined;
}

function keyOf(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return `luma-${words.join("-")}`.slice(0, 60);
}

function cartAction(row: Fields): Json {
  const [action, amount] = [text(row["simple_action"]), text(row["discount_amount"])];
  if (action === "by_percent") return { type: "percent", percent: amount };
  if (action === "buy_x_get_y") return { type: "buy_x_get_y", buy: Number(row["discount_step"]), get: Number(amount) };
  throw new Error(`the price rules have an action that is not known: ${action}`);
}

function couponOf(row: Fields): { readonly [key: string]: Json } {
  const uses = Number(row["uses_per_customer"]);
  const limit = uses > 0 ? { usesPerCustomer: uses } : {};
  return text(row["coupon_type"]) === "2"
    ? { coupon: { type: "specific", code: text(row["coupon_code"]) }, ...limit }
    : { coupon: { type: "none" }, ...limit };
}

/** What shoppers read: the name of the rule, but of one that only frees shipping just that. */
function labelOf(row: Fields): string {
  return text(row["discount_amount"]) === "0" ? "Free shipping" : text(row["name"]).replace(/\*$/, "");
}

function cartRule(row: Fields, index: number, paths: Paths): PriceRuleDefinition {
  const conditions = treeOf(row["conditions"], paths);
  const targets = treeOf(row["actions"], paths);
  const freeShipping = { "1": "items", "2": "shipment" }[text(row["simple_free_shipping"])];
  return {
    ...frameOf("cart-price-rule", row),
    body: {
      description: text(row["description"]),
      // The file gives no order; in a shop that loaded it, the first rule is the oldest and runs first.
      priority: (index + 1) * 10,
      ...couponOf(row),
      ...(conditions !== undefined && { conditions }),
      ...(targets !== undefined && { targets }),
      action: cartAction(row),
      ...(freeShipping !== undefined && { freeShipping }),
      ...(text(row["stop_rules_processing"]) === "1" && { stop: true }),
      labels: { default: labelOf(row) },
    },
  };
}

function catalogRule(row: Fields, index: number, paths: Paths): PriceRuleDefinition {
  const conditions = treeOf(row["conditions"], paths);
  if (text(row["simple_action"]) !== "by_percent")
    throw new Error(`the price rules have an action that is not known: ${text(row["simple_action"])}`);
  return {
    ...frameOf("catalog-price-rule", row),
    body: {
      description: text(row["description"]),
      priority: (index + 1) * 10,
      ...(conditions !== undefined && { conditions }),
      action: { type: "by_percent", percent: text(row["discount_amount"]) },
    },
  };
}

function frameOf<K extends PriceRuleDefinition["kind"]>(kind: K, row: Fields) {
  const name = text(row["name"]);
  const status = text(row["is_active"]) === "1" ? ("live" as const) : ("paused" as const);
  return { kind, key: keyOf(name), name, scope: { storeViews: null }, schedule: null, status };
}

/**
 * Reads the cart and catalog price rules of the Luma shop as definitions.
 *
 * @param folder holds price_rules.json and categories.json
 * @throws for a condition or action that has no translation
 */
export async function readPriceRules(folder: string): Promise<readonly PriceRuleDefinition[]> {
  const [rules, categories]: readonly unknown[] = await Promise.all(
    ["price_rules.json", "categories.json"].map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8"))),
  );
  const paths = pathsByUrlKey(records(categories));
  const file = isFields(rules) ? rules : {};
  return [
    ...records(file["cart_price_rules"]).map((row, index) => cartRule(row, index, paths)),
    ...records(file["catalog_price_rules"]).map((row, index) => catalogRule(row, index, paths)),
  ];
}
