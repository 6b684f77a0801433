export { createTraits, type Traits, type TraitsDeps } from "./create-traits.ts";
export { compileFormula, type Formula, FormulaFault } from "./formula.ts";
export { createTraitEventStore } from "./store.clickhouse.ts";
export { createTraitStore } from "./store.ts";
export type { TraitBody } from "./trait-body.ts";
