/** How closely a field leads to a person, and how long and what for it is kept. `retentionDays` null = as long as the profile. */
export type DataClass = {
  readonly kind: "trait" | "property";
  /** Trait in snake_case; property in camelCase. */
  readonly name: string;
  readonly pii: "none" | "indirect" | "direct" | "sensitive";
  readonly retentionDays: number | null;
  readonly purposes: readonly string[];
};

const trait = (names: string, pii: DataClass["pii"], purposes: readonly string[]): readonly DataClass[] =>
  names.split(" ").map((name) => ({ kind: "trait", name, pii, retentionDays: null, purposes }));
const property = (names: string, pii: DataClass["pii"], purposes: readonly string[]): readonly DataClass[] =>
  names.split(" ").map((name) => ({ kind: "property", name, pii, retentionDays: null, purposes }));

/** Shipped classes; a name without a row is `none`. */
export const shippedClasses: readonly DataClass[] = [
  ...trait(
    "email phone first_name last_name name full_name middle_name username address billing_address shipping_address street street1 street2 birth_date birthday date_of_birth avatar",
    "direct",
    ["necessary", "marketing"],
  ),
  ...trait(
    "tax_id vat_id national_id passport_number iban bank_account health religion ethnicity sexual_orientation",
    "sensitive",
    ["necessary"],
  ),
  ...trait("city state postal_code zip country gender age title company job_title ip loyalty loyalty_id", "indirect", [
    "analytics",
    "personalisation",
  ]),
  ...property("email phone traits billingAddress shippingAddress giftMessage", "direct", ["necessary"]),
  ...property("poNumber trackingNumber trackingUrl searchQuery coupon", "indirect", ["analytics", "personalisation"]),
];
