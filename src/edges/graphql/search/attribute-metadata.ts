import type { AttributeMeta, CatalogSnapshot } from "../../../catalog/index.ts";

type MetadataView = {
  readonly attribute: string;
  readonly label: string;
  readonly numeric: boolean;
  readonly frontendInput: string | null;
};

export type AttributeMetadataView = {
  readonly sortable: readonly MetadataView[];
  readonly filterableInSearch: readonly MetadataView[];
};

const inputs: Readonly<Record<AttributeMeta["input"], string>> = {
  text: "text",
  select: "select",
  multiselect: "multiselect",
  boolean: "boolean",
  number: "text",
  price: "price",
  date: "date",
};

const plain = (attribute: string, label: string, numeric: boolean, frontendInput: string | null = null) => ({
  attribute,
  label,
  numeric,
  frontendInput,
});

// The sort menu of the drop-in is built from this list alone, so the default order must be in it.
const alwaysSortable = [
  plain("relevance", "Relevance", false),
  plain("position", "Position", true),
  plain("name", "Product Name", false, "text"),
  plain("price", "Price", true, "price"),
];
const alwaysFilterable = [
  plain("categories", "Categories", false),
  plain("categoryPath", "Category path", false),
  plain("price", "Price", true, "price"),
  plain("inStock", "In stock", false, "boolean"),
  plain("visibility", "Visibility", false, "select"),
  plain("sku", "SKU", false, "text"),
  plain("name", "Product Name", false, "text"),
];

function viewOf({ code, label, input }: AttributeMeta): MetadataView {
  return plain(code, label.split("\n")[0]?.trim() || code, input === "number" || input === "price", inputs[input]);
}

function joined(always: readonly MetadataView[], metas: readonly AttributeMeta[]): readonly MetadataView[] {
  const known = new Set(always.map(({ attribute }) => attribute));
  return [...always, ...metas.filter(({ code }) => !known.has(code)).map(viewOf)];
}

/** What lists may be sorted and filtered by. */
export function attributeMetadata({ attributes }: Pick<CatalogSnapshot, "attributes">): AttributeMetadataView {
  const all = [...attributes.values()];
  return {
    sortable: joined(
      alwaysSortable,
      all.filter(({ sortable }) => sortable),
    ),
    filterableInSearch: joined(
      alwaysFilterable,
      all.filter(({ filterable, filterableInSearch }) => filterable || filterableInSearch),
    ),
  };
}
