export { createVectors, type Place, type Vectors, type VectorsDeps } from "./create-vectors.ts";
export { cosineOf } from "./dot-products.ts";
export type { NearItem } from "./near-items.ts";
