export { createAudienceRules } from "./audience-rules.ts";
export { createAudiences } from "./create-audiences.ts";
export { createRuleQueryStore } from "./sql/index.ts";
export { createAudienceStore } from "./store.ts";
export { createAudiencePrivacyStore, personalAudienceTables } from "./store-privacy.ts";
export { createAudienceTemplates } from "./templates/create-templates.ts";
