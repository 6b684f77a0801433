// The language of placeholders: `{{path}}` or `{{path|what to show without it}}`, paths from one closed list. No conditions, loops or
// functions: whoever edits a block can name a value, never run anything.

export type Placeholder = { readonly path: string; readonly fallback: string | undefined };
export type TemplatePart = string | Placeholder;

/**
 * Every path, with what people read in the editor; `product.attribute.<code>` is one for each attribute of the catalog,
 * `asset.<id>.alt` one for each picture of the library.
 */
export const placeholderPaths: Readonly<Record<string, string>> = {
  "product.sku": "SKU",
  "product.name": "Name",
  "product.brand": "Brand",
  "product.price": "Price",
  "product.special_price": "Special price",
  "product.final_price": "Price to pay",
  "product.rating": "Rating",
  "product.stock_qty": "Pieces in stock",
  "product.url": "Address of its page",
  "product.image": "Address of its first image",
  "profile.first_name": "First name",
  "profile.last_name": "Last name",
  "profile.reward_points": "Reward points",
  "profile.store_credit": "Store credit",
  "profile.loyalty.tier": "Loyalty tier",
  "profile.loyalty.points": "Loyalty points",
  "profile.loyalty.program": "Loyalty programme",
  "profile.favourite_category": "Favourite category",
  "profile.favourite_brand": "Favourite brand",
  "cart.subtotal": "Subtotal",
  "cart.grand_total": "Grand total",
  "cart.total_qty": "Pieces",
  "cart.line_count": "Lines",
  "context.query": "Search phrase",
  "context.country": "Country",
};

const attributePath = /^product\.attribute\.([a-z][a-z0-9_]{0,59})$/;
/** What a shop pays is no shopper's business. */
const hiddenCodes: ReadonlySet<string> = new Set(["cost", "margin"]);

/** Code of the product attribute that a path names; undefined for any other path. */
export function attributeCodeOf(path: string): string | undefined {
  const code = attributePath.exec(path)?.[1];
  return code === undefined || hiddenCodes.has(code) ? undefined : code;
}

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const altPath = new RegExp(`^asset\\.(${uuid})\\.alt$`, "i");
const altPathsIn = new RegExp(`\\{\\{\\s*asset\\.(${uuid})\\.alt\\b`, "gi");

/** Path of the text in place of a picture of the library, in the language of the store view. */
export function altPathOf(assetId: string): string {
  return `asset.${assetId}.alt`;
}

/** The picture whose text a path names; undefined for any other path. */
export function pictureOf(path: string): string | undefined {
  return altPath.exec(path)?.[1]?.toLowerCase();
}

/** Pictures whose texts a text asks for. */
export function altPaths(text: string): readonly string[] {
  return [...text.matchAll(altPathsIn)].map(([, id = ""]) => id.toLowerCase());
}

export function isPlaceholderPath(path: string): boolean {
  return Object.hasOwn(placeholderPaths, path) || attributeCodeOf(path) !== undefined || pictureOf(path) !== undefined;
}

const placeholder = /\{\{\s*([a-zA-Z][\w.-]{0,99})\s*(?:\|([^{}]{0,200}))?\}\}/g;

/** A text cut at its placeholders. What only looks like one stays text: blocks written before there were placeholders may hold braces. */
export function parseTemplate(text: string): readonly TemplatePart[] {
  if (!text.includes("{{")) return [text];
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const match of text.matchAll(placeholder)) {
    const [whole, path = "", fallback] = match;
    if (!isPlaceholderPath(path)) continue;
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push({ path, fallback });
    from = match.index + whole.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** How many placeholders a text opens, understood or not. */
export function countOpened(text: string): number {
  return text.split("{{").length - 1;
}
