/** Number of a text field; texts of a document are given in ascending order of it. */
export type FieldId = number;

/** Share (`weight`) and length norm (`lengthNorm`, BM25's b, 0..1) of one text field. */
export type FieldSetting = { readonly name: string; readonly weight: number; readonly lengthNorm: number };

export const nameField: FieldId = 0;
export const skuField: FieldId = 1;
export const brandField: FieldId = 2;
export const categoryField: FieldId = 3;
export const descriptionField: FieldId = 4;
const firstAttributeField: FieldId = 5;

/** The field that holds attributes of one search weight: weight 5 counts half as much as a description, 10 as much. */
export function attributeField(searchWeight: number): FieldId {
  return firstAttributeField + Math.min(10, Math.max(1, Math.round(searchWeight))) - 1;
}

/** Default fields; attributes of one weight share a field, so a shop with 200 attributes still scores ten lengths at most. */
export const defaultFields: readonly FieldSetting[] = [
  { name: "name", weight: 3, lengthNorm: 0.3 },
  // A SKU is met or not: neither its length nor the number of variants may change what a hit is worth.
  { name: "sku", weight: 6, lengthNorm: 0 },
  { name: "brand", weight: 2, lengthNorm: 0.3 },
  { name: "category", weight: 2, lengthNorm: 0.75 },
  { name: "description", weight: 1, lengthNorm: 0.75 },
  ...Array.from({ length: 10 }, (_, at) => ({
    name: `attributes${at + 1}`,
    weight: Math.min(1, (0.5 * (at + 1)) / 5),
    lengthNorm: 0.75,
  })),
];
