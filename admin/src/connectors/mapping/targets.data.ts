// What a mapping may fill, by kind of record. A test compares it with the server's own table.
import type { ListName, RecordKind, Section, ValueType } from "./shapes.ts";

export type Target = { readonly path: string; readonly type: ValueType; readonly isRequired: boolean };

/** `path:type`, with `!` after what a record cannot do without; no type = text. */
function targets(text: string): readonly Target[] {
  return text.split(/\s+/).map((word) => {
    const isRequired = word.endsWith("!");
    const [path = "", type = "text"] = word.replace("!", "").split(":");
    // The table below names nothing else; the test would tell.
    return { path, type: type as ValueType, isRequired };
  });
}

const address = (path: string) =>
  ["street1", "street2", "city", "state", "region", "postalCode", "country", "countryCode"]
    .map((part) => `${path}.${part}`)
    .join(" ");
const scope = "scope.environmentID scope.websiteCode scope.storeCode scope.storeViewCode channel._id";
const envelope = "externalId updatedAt:date deleted:boolean";
const person = "customer.id personalEmail.address";

const orders = targets(
  `purchaseID! createdDate:date! lastUpdatedDate:date status currencyCode priceTotal:money taxAmount:money
   discountAmount:money promotionID ${person} customer.firstName customer.lastName customer.groupCode
   customer.isGuest:boolean phone loyalty.id shipping.shippingMethod shipping.shippingAmount:money
   shipping.shipDate:date shipping.trackingNumber shipping.trackingURL cancelDate:date refundTotal:money refundReason
   orderType purchaseOrderNumber originalPurchaseID ${address("shipping.address")} ${address("billing.address")}
   ${scope} ${envelope}`.trim(),
);

const persons = targets(
  `${person} person.name.firstName person.name.lastName person.name.middleName person.name.courtesyTitle
   person.birthDate person.gender customer.groupCode phone mobilePhone.number homePhone.number
   userAccount.startDate:date loyalty.id loyalty.program loyalty.tier loyalty.points:number loyalty.joinDate:date
   loyalty.status ${address("billingAddress")} ${address("shippingAddress")} ${address("address")} ${scope} ${envelope}`,
);

export const targetsByKind: Readonly<Record<RecordKind, readonly Target[]>> = {
  order: orders,
  customer: persons,
  loyalty: persons,
  consent: targets(`${person} phone date:date method ${envelope}`),
  event: targets(
    `type! timestamp:date! anonymousId customerId email messageId storeView properties:json context:json ${envelope}`,
  ),
  product: targets(
    `sku name price:money specialPrice:money currency qty:number inStock:json description brand categories:json
     image:json url parentSku customOptions:json ${envelope}`,
  ),
  store: targets(`name city country ${envelope}`),
};

const itemTargets = targets(
  `SKU! quantity:number! unitPrice:money priceTotal:money name id parentSKU discountAmount:money taxAmount:money
   currencyCode productImageUrl selectedOptions:json categories:json`,
);

const listTargets: Readonly<Record<ListName, readonly Target[]>> = {
  payments: targets("transactionID paymentAmount:money paymentType currencyCode"),
  refunds: targets("transactionID refundAmount:money refundReason refundPaymentType currencyCode date:date items:json"),
  returns: targets("returnID returnStatus date:date items:json"),
};

/** Paths that may go on with a name of the merchant's own; an empty one: any path. */
const freePaths: Readonly<Record<RecordKind, readonly string[]>> = {
  order: ["attributes.", "identifiers."],
  customer: ["attributes.", "identifiers."],
  loyalty: ["attributes.", "identifiers."],
  consent: ["categories.", "identifiers."],
  event: ["properties.", "context.", "identifiers.", "attributes."],
  product: [""],
  store: [""],
};

export function targetsOf(kind: RecordKind, section: Section): readonly Target[] {
  if (section === "fields") return targetsByKind[kind];
  return section === "items" ? itemTargets : listTargets[section];
}

export function freePathsOf(kind: RecordKind, section: Section): readonly string[] {
  return section === "fields" ? freePaths[kind] : ["attributes."];
}
