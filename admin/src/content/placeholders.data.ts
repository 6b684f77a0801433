/** What a text of a block may say of the product, the customer, the cart and the visit; the server refuses all others. */
export const placeholderGroups = {
  product: {
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
  },
  profile: {
    "profile.first_name": "First name",
    "profile.last_name": "Last name",
    "profile.reward_points": "Reward points",
    "profile.store_credit": "Store credit",
    "profile.loyalty.tier": "Loyalty tier",
    "profile.loyalty.points": "Loyalty points",
    "profile.loyalty.program": "Loyalty programme",
    "profile.favourite_category": "Favourite category",
    "profile.favourite_brand": "Favourite brand",
  },
  cart: {
    "cart.subtotal": "Subtotal",
    "cart.grand_total": "Grand total",
    "cart.total_qty": "Pieces",
    "cart.line_count": "Lines",
  },
  context: {
    "context.query": "Search phrase",
    "context.country": "Country",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;
