import type { Mapping } from "../mapping.ts";

/** Orders as the REST API of Magento Open Source and Adobe Commerce gives them, one JSON object a line. */
export const magentoOrders: Mapping = {
  kind: "order",
  name: "magento-orders",
  description: "Magento and Adobe Commerce: /rest/V1/orders, one order a line",
  fields: {
    purchaseID: "increment_id",
    createdDate: "created_at",
    lastUpdatedDate: "updated_at",
    status: {
      from: "state",
      map: { new: "placed", processing: "invoiced", complete: "completed", closed: "closed", canceled: "cancelled" },
    },
    currencyCode: "order_currency_code",
    priceTotal: "grand_total",
    taxAmount: "tax_amount",
    discountAmount: { from: "discount_amount", sign: "absolute" },
    refundTotal: "total_refunded",
    promotionID: "coupon_code",
    "personalEmail.address": "customer_email",
    "customer.id": "customer_id",
    "customer.firstName": "customer_firstname",
    "customer.lastName": "customer_lastname",
    "customer.isGuest": "customer_is_guest",
    "customer.groupCode": "customer_group_id",
    "scope.storeViewCode": "store_id",
    "shipping.shippingMethod": "shipping_description",
    "shipping.shippingAmount": "shipping_amount",
    "billing.address.street1": "billing_address.street.0",
    "billing.address.city": "billing_address.city",
    "billing.address.region": "billing_address.region",
    "billing.address.postalCode": "billing_address.postcode",
    "billing.address.country": "billing_address.country_id",
  },
  items: {
    path: "items",
    fields: {
      id: "item_id",
      SKU: "sku",
      name: "name",
      quantity: "qty_ordered",
      priceTotal: "row_total",
      unitPrice: "price",
      discountAmount: { from: "discount_amount", sign: "absolute" },
      taxAmount: "tax_amount",
    },
  },
  lists: {
    payments: {
      path: "payment",
      fields: { paymentType: "method", paymentAmount: "amount_ordered", transactionID: "last_trans_id" },
    },
  },
};
