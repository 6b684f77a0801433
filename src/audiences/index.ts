export type { AudienceBody } from "./audience-kind.ts";
export { type AudienceRules, type AudienceRulesDeps, createAudienceRules } from "./audience-rules.ts";
export { type Audiences, type AudiencesDeps, type CallSubject, createAudiences } from "./create-audiences.ts";
export type { Judgement, ReasonLeaf, Transition } from "./judge-profile.ts";
export { type AudienceStore, createAudienceStore } from "./store.ts";
export { type TraitOptions, traitsOf } from "./traits.ts";
