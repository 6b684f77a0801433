export { type CatalogChange, type CatalogUpdate, createCatalogMemory } from "./catalog-memory.ts";
export { importCatalog } from "./import-catalog.ts";
export { type Catalog, loadCatalog } from "./load-catalog.ts";
export type { AttributeMeta, AttributeValue, CatalogProduct, Category } from "./product.ts";
export { createCatalogRoutes } from "./routes.ts";
export type { CatalogSnapshot } from "./snapshot.ts";
