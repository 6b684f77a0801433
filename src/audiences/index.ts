export { createAudienceRules } from "./audience-rules.ts";
export { createAudiences } from "./create-audiences.ts";
export { createAudienceStore } from "./store.ts";
