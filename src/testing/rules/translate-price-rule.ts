/** Turns the condition trees of the price-rule fixtures into rules, by the translation table of the rule language. */
import {
  type AttributeCatalog,
  type AttributeSpec,
  type AttributeType,
  createAttributeCatalog,
} from "../../kernel/rules/attribute-catalog.ts";

type Json = Readonly<Record<string, unknown>>;

export type PriceRuleCase = {
  readonly name: string;
  readonly currency?: string;
  readonly rules: readonly {
    readonly conditions?: Json;
    readonly action: { readonly conditions?: Json };
  }[];
};

const moneyAttributes: ReadonlySet<string> = new Set([
  "subtotal",
  "subtotal_with_discount",
  "line.price",
  "line.row_total",
]);
const itemPaths: Readonly<Record<string, string>> = {
  "line.qty": "item.qty",
  "line.price": "item.price",
  "line.row_total": "item.row_total",
  product_type: "product.type",
};

function children(node: Json): readonly Json[] {
  return Array.isArray(node["children"]) ? node["children"] : [];
}

export function translatePriceRule(node: Json, currency: string): unknown {
  const inner = (): readonly unknown[] => children(node).map((child) => translatePriceRule(child, currency));
  const where = (): object => (children(node).length === 0 ? {} : { where: group(node["match"], inner()) });
  switch (node["type"]) {
    case "combine":
      return group(node["match"], node["expect"] === false ? inner().map((not) => ({ not })) : inner());
    case "found":
      return { items: { of: "cart", match: node["found"] === false ? "none" : "some", ...where() } };
    case "subselect": {
      const measure = node["attribute"] === "qty" ? "quantity" : "amount";
      const value = measure === "amount" ? { minor: node["value"], currency } : node["value"];
      return { items: { of: "cart", measure, op: node["op"], value, ...where() } };
    }
    case "segment":
    case "audience":
      return { audience: { ids: node["value"], member: node["op"] === "in" } };
    case "cart":
      return leaf(`cart.${String(node["attribute"])}`, node, currency);
    case "product": {
      const name = String(node["attribute"]);
      return leaf(itemPaths[name] ?? `product.${name}`, node, currency);
    }
    default:
      throw new Error(`unknown node ${String(node["type"])}`);
  }
}

function group(match: unknown, conditions: readonly unknown[]): unknown {
  return match === "any" ? { any: conditions } : { all: conditions };
}

function leaf(path: string, node: Json, currency: string): unknown {
  if (node["op"] === "undefined") return { attribute: { path, op: "not_exists" } };
  const isMoney = moneyAttributes.has(String(node["attribute"]));
  const value = isMoney ? { minor: node["value"], currency } : node["value"];
  return { attribute: { path, op: node["op"], value } };
}

/** The attributes that a tree names: those of carts and lines are fixed, a product's are lists where they are ids. */
export function catalogOfPriceRule(tree: Json): AttributeCatalog {
  const specs: AttributeSpec[] = [];
  const visit = (node: Json): void => {
    const name = String(node["attribute"]);
    if (node["type"] === "cart") specs.push({ path: `cart.${name}`, type: cartType(name), label: name });
    if (node["type"] === "product" && itemPaths[name]?.startsWith("item.") !== true) {
      const path = itemPaths[name] ?? `product.${name}`;
      specs.push({ path, type: name.endsWith("_ids") ? "list" : name === "sku" ? "key" : "text", label: name });
    }
    for (const child of children(node)) visit(child);
  };
  visit(tree);
  return createAttributeCatalog(specs);
}

function cartType(name: string): AttributeType {
  if (moneyAttributes.has(name)) return "money";
  return name === "total_qty" || name === "weight" ? "number" : "text";
}
