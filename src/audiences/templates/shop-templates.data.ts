// The native conditions on carts, product lists, product histories and sales.
import { all, any, attribute, items, ofCustomer, pathKey } from "./nodes.ts";
import {
  amount,
  choice,
  comparison,
  count,
  days,
  isFound,
  openChoice,
  text,
  textComparison,
  texts,
} from "./parameter-shorthands.ts";
import type { AudienceTemplate, TemplateParameter, TemplateValues } from "./template.ts";

const cartAmounts = ["subtotal", "grand_total", "tax", "shipping", "store_credit", "gift_card"];
const cartWhy = "A cart tells what somebody is about to do; it is judged at once, for visitors too.";

const cart: readonly AudienceTemplate[] = [
  {
    key: "cart-amount",
    label: "Cart amount",
    group: "cart",
    description:
      "Shoppers by an amount of their cart: subtotal, grand total, tax, shipping, store credit or gift cards.",
    why: cartWhy,
    parameters: [
      choice("field", "Amount", cartAmounts, "subtotal"),
      comparison(),
      amount("amount", "Compared with", 5000),
    ],
    tree: (v) => attribute(`cart.${v.text("field")}`, v.text("op"), v.money("amount")),
  },
  {
    key: "cart-lines",
    label: "Lines in the cart",
    group: "cart",
    description: "Shoppers by the number of different products in their cart.",
    why: cartWhy,
    parameters: [comparison(), count("lines", "Lines", "lines", 3, 0)],
    tree: (v) => attribute("cart.line_count", v.text("op"), v.number("lines")),
  },
  {
    key: "cart-quantity",
    label: "Items in the cart",
    group: "cart",
    description: "Shoppers by the number of pieces in their cart.",
    why: cartWhy,
    parameters: [comparison(), count("pieces", "Pieces", "pieces", 3, 0)],
    tree: (v) => attribute("cart.total_qty", v.text("op"), v.number("pieces")),
  },
];

/** Which products, by one condition that every list and history takes. */
const productParameters: readonly TemplateParameter[] = [
  openChoice("field", "Product field", ["category_ids", "sku", "brand", "type", "name"], "category_ids"),
  { key: "values", label: "Values", type: "texts" },
];

function productIs(v: TemplateValues): unknown {
  const field = v.text("field");
  const path = `product.${pathKey(field)}`;
  const values = v.texts("values");
  // A name is text, of which a part is meant.
  return field === "name"
    ? any(...values.map((value) => attribute(path, "contains", value)))
    : attribute(path, "in", values);
}

function productList(key: string, label: string, of: string, description: string, why: string): AudienceTemplate {
  return {
    key,
    label,
    group: "products",
    description,
    why,
    parameters: [isFound("Found"), ...productParameters],
    tree: (v) => items(of, { match: v.boolean("found") ? "some" : "none", where: productIs(v) }),
  };
}

function productHistory(key: string, label: string, of: string, description: string, why: string): AudienceTemplate {
  return {
    key,
    label,
    group: "products",
    description,
    why,
    parameters: [isFound("Was"), ...productParameters, days("days", "Up to days ago", 30)],
    tree: (v) =>
      items(of, {
        match: v.boolean("found") ? "some" : "none",
        where: productIs(v),
        window: { last: v.duration("days") },
      }),
  };
}

const products: readonly AudienceTemplate[] = [
  productList(
    "products-in-cart",
    "Products in the cart",
    "cart",
    "Shoppers with such a product in the cart, or with none.",
    "What goes with what is in the cart already sells best.",
  ),
  productList(
    "products-in-wishlist",
    "Products on the wish list",
    "wishlist",
    "Customers with such a product on the wish list, or with none.",
    "A wish is waiting for a reason: a price, a size in stock, a birthday.",
  ),
  productHistory(
    "products-viewed",
    "Products viewed",
    "viewed",
    "Shoppers who looked at such a product lately, or did not.",
    "Views are the first and most frequent sign of interest, of visitors too.",
  ),
  productHistory(
    "products-ordered",
    "Products ordered",
    "ordered",
    "Customers who ordered such a product in a time, or did not.",
    "Who has the one thing needs what belongs to it, and not the same thing again.",
  ),
];

const statuses: TemplateParameter = texts("statuses", "Order statuses", [
  "placed",
  "invoiced",
  "shipped",
  "completed",
  "closed",
]);

function sales(v: TemplateValues, measure: string, value: unknown): unknown {
  const fields = { measure, op: v.text("op"), value, statuses: v.texts("statuses") };
  return ofCustomer(items("orders", { ...fields, window: { last: v.duration("days") } }));
}

const salesFamily: readonly AudienceTemplate[] = [
  {
    key: "order-address",
    label: "Order address",
    group: "sales",
    description: "Customers with an order billed or sent to such an address.",
    why: "Presents and second homes are seen here, and nowhere else.",
    parameters: [
      choice("which", "Address", ["shipping", "billing"], "shipping"),
      choice("field", "Field", ["country", "region", "city", "postcode"], "country"),
      textComparison(),
      text("value", "Text", "US"),
    ],
    tree: (v) => {
      const path = `item.${v.text("which")}.${v.text("field")}`;
      return ofCustomer(items("orders", { match: "some", where: attribute(path, v.text("op"), v.text("value")) }));
    },
  },
  {
    key: "sales-amount",
    label: "Sales amount",
    group: "sales",
    description: "Customers by the total or the average of their orders in a time.",
    why: "Money spent lately foretells money spent soon.",
    parameters: [
      choice("measure", "Of the orders", ["amount", "average_amount"], "amount"),
      comparison(),
      amount("amount", "Compared with", 10_000),
      days("days", "Ordered within", 365),
      statuses,
    ],
    tree: (v) => sales(v, v.text("measure"), v.money("amount")),
  },
  {
    key: "number-of-orders",
    label: "Number of orders",
    group: "sales",
    description: "Customers by how many orders they placed in a time.",
    why: "The habit of ordering is a better sign of loyalty than one large order.",
    parameters: [
      comparison(),
      count("orders", "Orders", "orders", 2, 0),
      days("days", "Ordered within", 365),
      statuses,
    ],
    tree: (v) => sales(v, "count", v.number("orders")),
  },
  {
    key: "purchased-quantity",
    label: "Purchased quantity",
    group: "sales",
    description: "Customers by the total or the average number of pieces of their orders in a time.",
    why: "Many pieces an order are families, clubs and companies.",
    parameters: [
      choice("measure", "Of the orders", ["quantity", "average_quantity"], "quantity"),
      comparison(),
      count("pieces", "Pieces", "pieces", 5, 0),
      days("days", "Ordered within", 365),
      statuses,
    ],
    tree: (v) => sales(v, v.text("measure"), v.number("pieces")),
  },
  {
    key: "viewed-not-ordered",
    label: "Viewed, but not ordered",
    group: "products",
    description: "Customers who looked at such a product and never ordered one.",
    why: "The example of the native manual, and the plainest list for a reminder.",
    parameters: productParameters,
    tree: (v) =>
      all(
        items("viewed", { match: "some", where: productIs(v) }),
        items("ordered", { match: "none", where: productIs(v) }),
      ),
  },
];

export const shopTemplates: readonly AudienceTemplate[] = [...cart, ...products, ...salesFamily];
