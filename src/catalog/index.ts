export type { CatalogChange, CatalogMemory, CatalogUpdate } from "./catalog-memory.ts";
export { createCatalogMemory } from "./catalog-memory.ts";
export {
  type CatalogImport,
  type ImportProgress,
  type ImportReport,
  importCatalog,
  type RejectedFileRow,
} from "./import-catalog.ts";
export {
  type Catalog,
  type CatalogDeps,
  loadCatalog,
  type RejectedRow,
  type UpsertOptions,
  type UpsertReport,
} from "./load-catalog.ts";
export type {
  AttributeMeta,
  AttributeValue,
  CatalogProduct,
  Category,
  ProductComponent,
  ProductReview,
  ProductType,
  StoredProduct,
  Visibility,
} from "./product.ts";
export type { RowFormat } from "./read-rows.ts";
export { createCatalogRoutes } from "./routes.ts";
export { type CatalogSnapshot, isListed } from "./snapshot.ts";
