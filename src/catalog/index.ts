export { type CatalogChange, type CatalogUpdate, createCatalogMemory } from "./catalog-memory.ts";
export { type RequiredOption, regularPriceOf, requiredOptions, withRequiredOptions } from "./custom-options.ts";
export { deriveParent, isParent } from "./derive-parent.ts";
export { importCatalog } from "./import-catalog.ts";
export { type Catalog, loadCatalog } from "./load-catalog.ts";
export { finalPriceAt, isAtCatalogPrice, type ProductPrices, pricesOfMany, withPrices } from "./priced-snapshot.ts";
export {
  type AttributeMeta,
  type AttributeValue,
  type CatalogProduct,
  type Category,
  type CustomOption,
  type LocalDays,
  shortestReturnMs,
  type TierPrice,
} from "./product.ts";
export { createCatalogRoutes } from "./routes.ts";
export type { CatalogSnapshot } from "./snapshot.ts";
export { isSpecialOn } from "./special-days.ts";
export { withAncestors } from "./with-ancestors.ts";
