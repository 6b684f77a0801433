/** What a report says of carts where that of orders says orders. */
export const cartReport = {
  totals: (currency: string, carts: string) => `${carts} carts in ${currency}`,
  belowFloor: "Carts below the margin floor",
  changed: "Carts that change",
  ordersLive: "Carts, live",
  ordersDraft: "Carts, draft",
  sample: "Carts that change most",
  sampleText: "Without anything that names the cart or the shopper.",
  order: (place: number, day: string) => `${place}. A cart of ${day}`,
} as const;
