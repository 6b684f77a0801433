import type { Mapping } from "../mapping.ts";

/** Purchase lines of the public "Complete Journey" data: the lines of a basket lie far apart, `sales_value` is the line total. */
export const completeJourney: Mapping = {
  kind: "order",
  name: "complete-journey",
  description: "84.51° Complete Journey transactions: basket lines in USD in no order",
  fields: {
    purchaseID: "basket_id",
    createdDate: "transaction_timestamp",
    currencyCode: { value: "USD" },
    "customer.id": "household_id",
    "scope.storeCode": "store_id",
    "channel._id": { value: "pos" },
  },
  items: {
    fields: {
      SKU: "product_id",
      quantity: "quantity",
      priceTotal: "sales_value",
      discountAmount: "retail_disc",
      "attributes.couponDiscount": "coupon_disc",
    },
  },
  options: { groupWindow: 200_000 },
};
