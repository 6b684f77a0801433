import type { CatalogProduct } from "../../catalog/index.ts";

// A store view in another language may show its own texts: the attributes `name_de` or `name_de_AT` and `description_de`
// stand in for name and description there.

const localAttribute = /^(?:name|description)_[a-z]{2,3}(?:_[A-Z]{2})?$/;

/** True for attributes that hold a text of one language: they are no values and no text of other languages. */
export function isLocalAttribute(code: string): boolean {
  return localAttribute.test(code);
}

/** Endings of the attributes of one locale, the narrower first: `de_AT`, `de`. */
function localEndings(locale: string): readonly string[] {
  const [language = "", region] = locale.split(/[-_]/);
  const short = language.toLowerCase();
  return region === undefined ? [short] : [`${short}_${region.toUpperCase()}`, short];
}

export type LocalText = (product: CatalogProduct) => { readonly name: string; readonly description: string };

/** Name and description as one locale shows them. */
export function localTextOf(locale: string): LocalText {
  const endings = localEndings(locale);
  const own = (product: CatalogProduct, field: string): string | undefined => {
    for (const ending of endings) {
      const value = product.attributes[`${field}_${ending}`];
      if (typeof value === "string" && value !== "") return value;
    }
    return undefined;
  };
  return (product) => ({
    name: own(product, "name") ?? product.name,
    description: own(product, "description") ?? product.description,
  });
}
