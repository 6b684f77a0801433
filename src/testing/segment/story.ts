/** One call of a client. */
export type Call =
  | { readonly kind: "page"; readonly category: string; readonly name: string; readonly properties: Properties }
  | { readonly kind: "track"; readonly event: string; readonly properties: Properties }
  | { readonly kind: "identify"; readonly traits: Properties }
  | { readonly kind: "group"; readonly groupId: string; readonly traits: Properties }
  | { readonly kind: "alias"; readonly previousId: string };
type Properties = Readonly<Record<string, unknown>>;

const jacket = {
  product_id: "505bd7",
  sku: "JKT-RAIN-L",
  category: "Outerwear/Jackets",
  name: "Rain Jacket „Föhn“",
  brand: "Nordlicht",
  variant: "L / petrol",
  price: 149,
  currency: "EUR",
  image_url: "https://shop.example/i/rain-jacket.webp",
};
const mug = {
  product_id: "p-3311",
  sku: "MUG-01",
  category: "Home/Kitchen",
  name: "湯のみ mug",
  price: 12.5,
  currency: "EUR",
};

const track = (event: string, properties: Properties): Call => ({ kind: "track", event, properties });

/** A shopper's way through everything that the ecommerce specification names, first unknown, then signed in. */
export function shopperStory(id: string): readonly Call[] {
  const cart = { cart_id: `cart-${id}` };
  const order = { order_id: `order-${id}` };
  const totals = { total: 178.9, revenue: 174, shipping: 4.9, tax: 28.56, discount: 0, currency: "EUR" };
  const products = [
    { ...jacket, quantity: 1, position: 1 },
    { ...mug, quantity: 2, position: 2 },
  ];
  return [
    {
      kind: "page",
      category: "Shop",
      name: "Home",
      properties: { path: "/", url: "https://shop.example/", title: "Shop" },
    },
    track("Products Searched", { query: "rain jacket", results_count: 18, search_id: `s-${id}` }),
    track("Product List Viewed", { list_id: "outerwear", category: "Outerwear", products }),
    track("Product List Filtered", {
      list_id: "outerwear",
      category: "Outerwear",
      filters: [{ type: "color", value: "petrol" }],
      sorts: [{ type: "price", value: "desc" }],
      products,
    }),
    track("Promotion Viewed", { promotion_id: "promo", creative: "banner", name: "Autumn", position: "top" }),
    track("Promotion Clicked", { promotion_id: "promo", creative: "banner", name: "Autumn", position: "top" }),
    track("Product Clicked", { ...jacket, quantity: 1, position: 1 }),
    track("Product Viewed", { ...jacket, value: 149 }),
    track("Product Added", { ...cart, ...jacket, quantity: 1 }),
    track("Product Added", { ...cart, ...mug, quantity: 3 }),
    track("Product Removed", { ...cart, ...mug, quantity: 1 }),
    track("Product Added to Wishlist", { wishlist_id: "w", wishlist_name: "Later", ...mug, quantity: 1 }),
    track("Product Removed from Wishlist", { wishlist_id: "w", wishlist_name: "Later", ...mug, quantity: 1 }),
    track("Wishlist Product Added to Cart", { wishlist_id: "w", ...cart, ...mug, quantity: 1 }),
    track("Cart Viewed", { ...cart, products }),
    { kind: "identify", traits: { email: `shopper-${id}@shop.example`, firstName: "Amélie", loyalty_tier: "gold" } },
    { kind: "group", groupId: `company-${id}`, traits: { name: "Initech GmbH", employees: 42 } },
    track("Checkout Started", { ...order, ...cart, value: 174, currency: "EUR", products }),
    track("Checkout Step Viewed", { checkout_id: "c", step: 2 }),
    track("Checkout Step Completed", { checkout_id: "c", step: 2, shipping_method: "DHL" }),
    track("Payment Info Entered", { checkout_id: "c", ...order, payment_method: "Visa" }),
    track("Coupon Entered", { ...order, ...cart, coupon_id: "AUTUMN15" }),
    track("Coupon Applied", { ...order, ...cart, coupon_id: "AUTUMN15", discount: 5 }),
    track("Coupon Denied", { ...order, ...cart, coupon_id: "OLD", reason: "expired" }),
    track("Coupon Removed", { ...order, ...cart, coupon_id: "AUTUMN15" }),
    track("Order Completed", { checkout_id: "c", ...order, ...totals, products }),
    track("Order Updated", { ...order, ...totals, products }),
    track("Order Refunded", { ...order, total: 12.5, currency: "EUR", products: [{ ...mug, quantity: 1 }] }),
    track("Order Cancelled", { order_id: `other-${id}`, ...totals, products }),
    track("Product Shared", { share_via: "email", recipient: "friend@shop.example", ...jacket }),
    track("Cart Shared", { share_via: "email", ...cart, products }),
    track("Product Reviewed", { product_id: "505bd7", review_id: "r", review_body: "Keeps dry. 🌧️", rating: "5" }),
    track("Odd Ünicode ☃ 𝄞", {
      "key with space": "x",
      nested: { a: [1, { b: null }] },
      html: "<script>alert(1)</script>",
    }),
    { kind: "alias", previousId: `legacy-${id}` },
  ];
}
