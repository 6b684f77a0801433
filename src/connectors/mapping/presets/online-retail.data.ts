import type { Mapping } from "../mapping.ts";

/**
 * The public "Online Retail" data of a British gift wholesaler: one row a line, the columns of the order repeated. Invoices
 * that begin with C take goods back (negative quantities) and become refunds.
 */
export const onlineRetail: Mapping = {
  kind: "order",
  name: "online-retail",
  description: "UCI Online Retail: invoice lines in GBP, C… invoices are credits",
  fields: {
    purchaseID: "invoice_no",
    createdDate: { from: "invoice_date", zone: "Europe/London" },
    currencyCode: { value: "GBP" },
    "customer.id": "customer_id",
    "billing.address.country": "country",
  },
  items: {
    fields: {
      SKU: "stock_code",
      name: "description",
      quantity: "quantity",
      unitPrice: "unit_price_gbp",
    },
  },
};
