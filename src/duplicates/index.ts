export { createDuplicates, type Duplicates, type DuplicatesDeps } from "./create-duplicates.ts";
export type { IdentityConflict, ProfileReads } from "./refresh-deps.ts";
