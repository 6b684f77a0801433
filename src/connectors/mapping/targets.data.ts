// What a mapping may fill, by kind of record: path, type, and the names under which other systems export it. The names are
// compared without case, blanks and punctuation.
import type { RecordKind } from "../records/record.ts";

export type TargetType = "text" | "number" | "integer" | "money" | "date" | "boolean" | "list" | "json";
export type Target = {
  readonly path: string;
  readonly type: TargetType;
  readonly aliases: readonly string[];
  readonly isRequired?: boolean;
};

const target = (path: string, type: TargetType, aliases = "", isRequired = false): Target => ({
  path,
  type,
  aliases: aliases === "" ? [] : aliases.split(" "),
  ...(isRequired ? { isRequired } : {}),
});

const address = (path: string, prefix: string): readonly Target[] => [
  target(`${path}.street1`, "text", `${prefix}street ${prefix}street1 ${prefix}address1 ${prefix}line1`),
  target(`${path}.street2`, "text", `${prefix}street2 ${prefix}address2 ${prefix}line2`),
  target(`${path}.city`, "text", `${prefix}city ${prefix}town`),
  target(`${path}.state`, "text", `${prefix}state ${prefix}region ${prefix}province`),
  target(`${path}.region`, "text"),
  target(`${path}.postalCode`, "text", `${prefix}postcode ${prefix}postalcode ${prefix}zip ${prefix}zipcode`),
  target(`${path}.country`, "text", `${prefix}country`),
  target(`${path}.countryCode`, "text", `${prefix}countrycode ${prefix}countryid`),
];

const scope: readonly Target[] = [
  target("scope.environmentID", "text", "environment environmentid"),
  target("scope.websiteCode", "text", "website websitecode"),
  target("scope.storeCode", "text", "store storecode storeid storename"),
  target("scope.storeViewCode", "text", "storeview storeviewcode"),
  target("channel._id", "text", "channel saleschannel"),
];

const envelope: readonly Target[] = [
  target("externalId", "text"),
  target("updatedAt", "date"),
  target("deleted", "boolean", "deleted isdeleted"),
];

const customerId = target(
  "customer.id",
  "text",
  "customerid customerno customernumber customer userid householdid clientid memberid",
);
const email = target("personalEmail.address", "text", "email emailaddress customeremail mail");

const orders: readonly Target[] = [
  target(
    "purchaseID",
    "text",
    "orderid orderno ordernumber invoiceno invoiceid invoice incrementid basketid purchaseid receiptid transactionid order",
    true,
  ),
  target("purchaseOrderNumber", "text", "ponumber purchaseordernumber"),
  target("originalPurchaseID", "text", "originalorderid originalinvoiceno"),
  target("orderType", "text"),
  target("status", "text", "status orderstatus state"),
  target(
    "createdDate",
    "date",
    "createdat createddate created orderdate invoicedate purchasedate transactiontimestamp transactiondate placedat datetime date timestamp",
    true,
  ),
  target("lastUpdatedDate", "date", "updatedat lastupdateddate modifiedat updated lastmodified"),
  target("cancelDate", "date", "canceldate cancelledat canceledat"),
  target("currencyCode", "text", "currency currencycode ordercurrencycode"),
  target("priceTotal", "money", "grandtotal ordertotal total totalprice basegrandtotal"),
  target("taxAmount", "money", "ordertax totaltax taxtotal"),
  target("discountAmount", "money", "orderdiscount totaldiscount discounttotal"),
  target("refundTotal", "money", "refundtotal totalrefunded refunded"),
  target("refundReason", "text"),
  target("promotionID", "text", "coupon couponcode promotion promotionid discountcode"),
  email,
  customerId,
  target("customer.groupCode", "text", "customergroup groupcode"),
  target("customer.firstName", "text", "firstname customerfirstname"),
  target("customer.lastName", "text", "lastname customerlastname"),
  target("customer.isGuest", "boolean", "isguest customerisguest guest"),
  target("phone", "text", "phone telephone mobile"),
  target("loyalty.id", "text", "loyaltyid loyaltycard cardnumber"),
  target("shipping.shippingMethod", "text", "shippingmethod shippingdescription"),
  target("shipping.shippingAmount", "money", "shippingamount shippingcost shipping"),
  target("shipping.shipDate", "date", "shipdate shippedat"),
  target("shipping.trackingNumber", "text", "trackingnumber"),
  target("shipping.trackingURL", "text", "trackingurl"),
  ...address("shipping.address", "shipping"),
  ...address("billing.address", "billing").map((row) =>
    row.path === "billing.address.country" ? { ...row, aliases: [...row.aliases, "country"] } : row,
  ),
  ...scope,
];

/** Fields of one order line. */
export const itemTargets: readonly Target[] = [
  target("id", "text", "lineid itemid orderitemid"),
  target("SKU", "text", "sku stockcode productid itemsku productcode articleno article upc ean productsku", true),
  target("parentSKU", "text", "parentsku"),
  target("name", "text", "description productname itemname title name"),
  target("quantity", "number", "quantity qty qtyordered amountordered units", true),
  target("priceTotal", "money", "rowtotal linetotal salesvalue lineamount itemtotal"),
  target("unitPrice", "money", "unitprice unitpricegbp unitpriceeur unitpriceusd price itemprice"),
  target("discountAmount", "money", "linediscount itemdiscount retaildisc"),
  target("taxAmount", "money", "linetax itemtax"),
  target("currencyCode", "text", "itemcurrency"),
  target("productImageUrl", "text", "imageurl image"),
  target("selectedOptions", "json", "options"),
  target("categories", "json", "categories"),
];

export const listTargets: Readonly<Record<"payments" | "refunds" | "returns", readonly Target[]>> = {
  payments: [
    target("transactionID", "text", "paymenttransactionid"),
    target("paymentAmount", "money", "paymentamount"),
    target("paymentType", "text", "paymenttype paymentmethod"),
    target("currencyCode", "text"),
  ],
  refunds: [
    target("transactionID", "text", "refundid refundtransactionid"),
    target("refundAmount", "money", "refundamount"),
    target("refundReason", "text", "refundreason"),
    target("refundPaymentType", "text"),
    target("currencyCode", "text"),
    target("date", "date", "refunddate refundedat"),
    target("items", "json"),
  ],
  returns: [
    target("returnID", "text", "returnid rmaid rma"),
    target("returnStatus", "text", "returnstatus"),
    target("date", "date", "returndate returnedat"),
    target("items", "json"),
  ],
};

const persons: readonly Target[] = [
  { ...customerId, aliases: [...customerId.aliases, "id"] },
  email,
  target("person.name.firstName", "text", "firstname givenname forename"),
  target("person.name.lastName", "text", "lastname surname familyname"),
  target("person.name.middleName", "text", "middlename"),
  target("person.name.courtesyTitle", "text", "title salutation prefix"),
  target("person.birthDate", "text", "birthdate dateofbirth dob birthday"),
  target("person.gender", "text", "gender sex"),
  target("customer.groupCode", "text", "customergroup groupcode group"),
  target("phone", "text", "phone phonenumber telephone mobile"),
  target("mobilePhone.number", "text"),
  target("homePhone.number", "text"),
  target("userAccount.startDate", "date", "startdate createdat registeredat signupdate membersince"),
  target("loyalty.id", "text", "loyaltyid loyaltycard cardnumber"),
  target("loyalty.program", "text", "loyaltyprogram program"),
  target("loyalty.tier", "text", "loyaltytier tier loyaltylevel"),
  target("loyalty.points", "number", "loyaltypoints points"),
  target("loyalty.joinDate", "date", "loyaltyjoindate joindate"),
  target("loyalty.status", "text", "loyaltystatus"),
  ...address("billingAddress", "billing"),
  ...address("shippingAddress", "shipping"),
  ...address("address", ""),
  ...scope,
];

/** Every other column of a product becomes an attribute of it. What shops write in several ways is read by the catalog itself. */
const products: readonly Target[] = [
  target(
    "sku",
    "text",
    "sku stockcode productcode productid articleno articlenumber article itemno itemnumber upc ean",
  ),
  target("name", "text", "name title productname itemname"),
  target("price", "money", "price unitprice listprice regularprice retailprice"),
  target("specialPrice", "money", "specialprice saleprice offerprice discountedprice"),
  target("currency", "text", "currency currencycode"),
  target("qty", "number", "qty quantity stock stockqty stocklevel inventory"),
  target("inStock", "json", "instock isinstock availability"),
  target("description", "text", "description longdescription"),
  target("brand", "text", "brand manufacturer vendor"),
  target("categories", "json", "categories category categorypath"),
  target("image", "json", "image imageurl imagelink"),
  target("url", "text", "url link productlink producturl"),
  target("parentSku", "text", "parentsku itemgroupid"),
  target("customOptions", "json", "customoptions"),
];

const withUpdated = (rows: readonly Target[]): readonly Target[] => [
  ...envelope.map((row) =>
    row.path === "updatedAt" ? { ...row, aliases: ["updatedat", "lastupdated", "modifiedat", "lastmodified"] } : row,
  ),
  ...rows,
];

/** Fields of a record by kind; paths below `attributes.`, `identifiers.`, `categories.`, `properties.` and `context.` are free. */
export const targetsByKind: Readonly<Record<RecordKind, readonly Target[]>> = {
  order: [...envelope, ...orders],
  customer: withUpdated(persons),
  loyalty: withUpdated(persons),
  consent: withUpdated([
    customerId,
    email,
    target("phone", "text", "phone"),
    target("date", "date", "date at"),
    target("method", "text", "method"),
  ]),
  event: [
    ...envelope,
    target("type", "text", "type event eventname eventtype", true),
    target("messageId", "text", "messageid eventid id"),
    target("timestamp", "date", "timestamp time date at createdat eventtime", true),
    target("anonymousId", "text", "anonymousid visitorid deviceid cookieid"),
    target("customerId", "text", "customerid userid"),
    target("email", "text", "email"),
    target("storeView", "text", "storeview"),
    target("properties", "json", "properties"),
    target("context", "json", "context"),
  ],
  product: withUpdated(products),
  store: withUpdated([
    target("name", "text", "name storename"),
    target("city", "text", "city"),
    target("country", "text", "country"),
  ]),
};

/** Paths that hold names of the merchant's own, by kind. Products take any column. */
export const freePaths: Readonly<Record<RecordKind, readonly string[]>> = {
  order: ["attributes.", "identifiers."],
  customer: ["attributes.", "identifiers."],
  loyalty: ["attributes.", "identifiers."],
  consent: ["categories.", "identifiers."],
  event: ["properties.", "context.", "identifiers.", "attributes."],
  product: [""],
  store: [""],
};
