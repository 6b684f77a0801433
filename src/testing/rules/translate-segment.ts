/** Turns the segment cases of the fixtures into rules and subjects, by the translation table of the rule language. */
import {
  type AttributeCatalog,
  type AttributeSpec,
  type AttributeType,
  createAttributeCatalog,
} from "../../kernel/rules/attribute-catalog.ts";
import type { RuleObject, RuleSubject } from "../../kernel/rules/subject.ts";

type Json = Record<string, unknown>;
export type SegmentCase = {
  readonly name: string;
  readonly now: string;
  readonly timezone: string;
  readonly segment: {
    readonly active: boolean;
    readonly appliesTo: string;
    readonly website: string;
    readonly conditions: Json;
  };
  readonly subject: Json & { readonly kind: string; readonly website: string };
  readonly expected: { readonly matches: boolean };
};

const currency = "USD";
const guard = { attribute: { path: "profile.is_registered", op: "is_true" } };

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function money(value: unknown): unknown {
  return Array.isArray(value) ? value.map(money) : { minor: value, currency };
}

export function translateSegment(fixture: SegmentCase): unknown {
  return translate(fixture.segment.conditions, fixture.timezone);
}

function translate(node: Json, zone: string): unknown {
  switch (node["type"]) {
    case "combine": {
      const children = list(node["children"]).map((child) => translate(child, zone));
      const wanted = node["expect"] === false ? children.map((child) => ({ not: child })) : children;
      return node["match"] === "any" ? { any: wanted } : { all: wanted };
    }
    case "customer":
      return { all: [guard, leaf(`profile.${String(node["attribute"])}`, node, zone)] };
    case "address":
      return { all: [guard, addresses(node, zone)] };
    case "cart":
      return cart(node, zone);
    case "product_list":
      return productList(node, zone);
    case "sales":
      return { all: [guard, sales(node, zone)] };
    default:
      throw new Error(`unknown node ${String(node["type"])}`);
  }
}

function operator(op: unknown): string {
  return op === "undefined" ? "not_exists" : String(op);
}

function leaf(path: string, node: Json, zone: string): unknown {
  const op = operator(node["op"]);
  const value = op === "not_exists" ? {} : { value: node["value"] };
  return { attribute: { path, op, ...value, ...(node["date"] ? { timezone: zone } : {}) } };
}

function group(match: unknown, conditions: readonly unknown[]): unknown {
  return match === "any" ? { any: conditions } : { all: conditions };
}

function addresses(node: Json, zone: string): unknown {
  const conditions = group(
    node["match"],
    list(node["children"]).map((child) => leaf(`item.${String(child["attribute"])}`, child, zone)),
  );
  const which = String(node["which"] ?? "any");
  const where =
    which === "any" ? conditions : { all: [{ attribute: { path: `item.${which}`, op: "is_true" } }, conditions] };
  return { items: { of: "addresses", match: node["found"] === false ? "none" : "some", where } };
}

const cartCounts = new Set(["line_count", "qty", "total_qty"]);

function cart(node: Json, zone: string): unknown {
  const name = String(node["attribute"]);
  const path = `cart.${name === "qty" ? "total_qty" : name}`;
  if (cartCounts.has(name) || operator(node["op"]) === "not_exists") return leaf(path, node, zone);
  return leaf(path, { ...node, value: money(node["value"]) }, zone);
}

const productPaths: Readonly<Record<string, string>> = {
  product_type: "product.type",
  "line.qty": "item.qty",
  "line.price": "item.price",
  "line.row_total": "item.row_total",
};

function productLeaf(node: Json, zone: string): unknown {
  const name = String(node["attribute"]);
  const value = name === "line.price" || name === "line.row_total" ? money(node["value"]) : node["value"];
  return leaf(productPaths[name] ?? `product.${name}`, { ...node, value }, zone);
}

function window(range: unknown, zone: string): Json {
  if (typeof range !== "object" || range === null) return {};
  const { from, to, withinDays, olderThanDays } = range as Json;
  if (withinDays !== undefined && olderThanDays !== undefined) {
    return { window: { between: [`${String(withinDays)}d`, `${String(olderThanDays)}d`] } };
  }
  if (withinDays !== undefined) return { window: { last: `${String(withinDays)}d` } };
  if (olderThanDays !== undefined) return { window: { before: `${String(olderThanDays)}d` } };
  return { window: { ...(from ? { from } : {}), ...(to ? { to } : {}), timezone: zone } };
}

function productList(node: Json, zone: string): unknown {
  const children = list(node["children"]);
  const where =
    children.length === 0
      ? {}
      : {
          where: group(
            node["match"],
            children.map((child) => productLeaf(child, zone)),
          ),
        };
  const match = node["found"] === false ? "none" : "some";
  return { items: { of: node["source"], match, ...where, ...window(node["range"], zone) } };
}

const measures: Readonly<Record<string, string>> = {
  order_count: "count",
  amount_sum: "amount",
  amount_avg: "average_amount",
  qty_sum: "quantity",
  qty_avg: "average_quantity",
};

function sales(node: Json, zone: string): unknown {
  const metric = String(node["metric"]);
  const address = node["address"] as Json | undefined;
  const where = address
    ? { where: leaf(`item.${String(address["which"])}.${String(address["attribute"])}`, address, zone) }
    : {};
  const statuses = node["statuses"] ? { statuses: node["statuses"] } : {};
  const value = metric.startsWith("amount") ? money(node["value"]) : node["value"];
  const measure = measures[metric];
  return {
    items: { of: "orders", measure, op: node["op"], value, ...statuses, ...where, ...window(node["range"], zone) },
  };
}

/** The attributes a case uses, typed by its data: list, number, text; the SKU is a key. */
export function catalogOfCase(fixture: SegmentCase): AttributeCatalog {
  const { subject } = fixture;
  const customer = customerOf(subject);
  const specs: AttributeSpec[] = [
    { path: "profile.is_registered", type: "boolean", label: "Registered" },
    { path: "product.*", type: "text", label: "Product attribute" },
    { path: "product.sku", type: "key", label: "SKU" },
    { path: "cart.line_count", type: "number", label: "Lines" },
    { path: "cart.total_qty", type: "number", label: "Quantity" },
    { path: "cart.*", type: "money", label: "Amount" },
    { path: "item.shipping.*", type: "text", label: "Shipping" },
    { path: "item.billing.*", type: "text", label: "Billing" },
  ];
  visit(fixture.segment.conditions, (node) => {
    if (node["type"] !== "customer") return;
    const name = String(node["attribute"]);
    const type: AttributeType = node["date"] ? "instant" : typeOf(customer[name] ?? node["value"]);
    specs.push({ path: `profile.${name}`, type, label: name });
  });
  for (const product of productsOf(subject)) {
    for (const [code, value] of Object.entries((product["attributes"] ?? {}) as Json)) {
      specs.push({ path: `product.${code}`, type: typeOf(value), label: code });
    }
  }
  visit(fixture.segment.conditions, (node) => {
    const name = String(node["attribute"]);
    // Named by the rule but present on no product: a list when the rule compares with one.
    if (node["type"] === "product" && /ids$/.test(name) && !specs.some(({ path }) => path === `product.${name}`)) {
      specs.push({ path: `product.${name}`, type: "list", label: name });
    }
  });
  return createAttributeCatalog(specs);
}

function typeOf(value: unknown): AttributeType {
  if (Array.isArray(value)) return value.every((each) => typeof each === "object") ? "objects" : "list";
  return typeof value === "number" ? "number" : "text";
}

function visit(node: Json, see: (node: Json) => void): void {
  see(node);
  for (const child of list(node["children"])) visit(child, see);
}

function productsOf(subject: Json): readonly Json[] {
  const orders = list(subject["orders"]).flatMap((order) => list(order["lines"]));
  const cartLines = list((subject["cart"] as Json | undefined)?.["lines"]);
  return [...list(subject["wishlist"]), ...list(subject["viewed"]), ...orders, ...cartLines];
}

function customerOf(subject: Json): Json {
  const customer = (subject["customer"] ?? {}) as Json;
  return { ...((customer["attributes"] ?? {}) as Json), ...customer };
}

function line(product: Json): RuleObject {
  const { sku, qty = 1, unitPrice, attributes, productType, children } = product;
  const price = { minor: unitPrice, currency };
  const rowTotal = { minor: Number(unitPrice ?? 0) * Number(qty), currency };
  const parts = list(children).map(line);
  return {
    sku,
    qty,
    price,
    row_total: rowTotal,
    product: { ...((attributes ?? {}) as Json), sku, type: productType },
    ...(parts.length > 0 ? { children: parts } : {}),
  };
}

export function subjectOfCase(fixture: SegmentCase): RuleSubject {
  const { subject } = fixture;
  const isRegistered = subject.kind === "registered";
  const orders = list(subject["orders"]);
  const lists: Record<string, readonly RuleObject[]> = {
    cart: list((subject["cart"] as Json | undefined)?.["lines"]).map(line),
    viewed: list(subject["viewed"]).map((product) => ({ ...line(product), at: Date.parse(String(product["at"])) })),
    wishlist: isRegistered ? list(subject["wishlist"]).map(line) : [],
    addresses: isRegistered ? list(subject["addresses"]).map(address) : [],
    orders: isRegistered ? orders.map(order) : [],
    ordered: isRegistered
      ? orders.flatMap((each) => list(each["lines"]).map((product) => ({ ...order(each), ...line(product) })))
      : [],
  };
  return {
    profile: { ...(isRegistered ? customerOf(subject) : {}), is_registered: isRegistered },
    cart: cartOf(subject["cart"] as Json | undefined),
    list: (of) => lists[of] ?? [],
  };
}

function address(from: Json): RuleObject {
  return {
    ...from,
    default_billing: from["defaultBilling"] === true,
    default_shipping: from["defaultShipping"] === true,
  };
}

function order(from: Json): RuleObject {
  const qty = list(from["lines"]).reduce((sum, each) => sum + Number(each["qty"]), 0);
  return {
    ...from,
    at: Date.parse(String(from["placedAt"])),
    grand_total: { minor: from["grandTotal"], currency },
    qty,
  };
}

function cartOf(from: Json | undefined): RuleObject | undefined {
  if (!from) return undefined;
  const lines = list(from["lines"]);
  const subtotal = lines.reduce((sum, each) => sum + Number(each["unitPrice"]) * Number(each["qty"]), 0);
  const totals = Object.entries(from).filter(([, value]) => typeof value === "number");
  return {
    line_count: lines.length,
    total_qty: lines.reduce((sum, each) => sum + Number(each["qty"]), 0),
    subtotal: { minor: subtotal, currency },
    ...Object.fromEntries(totals.map(([name, minor]) => [name, { minor, currency }])),
  };
}

/** Fields of the definition that stay outside the rule. */
export function isInReach({ segment, subject }: SegmentCase): boolean {
  const registered = subject.kind === "registered";
  const applies = segment.appliesTo === "both" || (segment.appliesTo === "registered") === registered;
  return segment.active && segment.website === subject.website && applies;
}
