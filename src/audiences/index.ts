export { addressesOf } from "./address-book.ts";
export { audienceReferences as ruleAudienceReferences } from "./audience-kind.ts";
export { createAudienceRules } from "./audience-rules.ts";
export { createAudiences } from "./create-audiences.ts";
export { customerGroup } from "./customer-traits.ts";
export { unreleasedAttribute } from "./released-attributes.ts";
export { createRuleQueryStore } from "./sql/index.ts";
export { createAudienceStore } from "./store.ts";
export {
  createAudiencePrivacyStore,
  createListPrivacyStore,
  personalAudienceTables,
  personalListTables,
} from "./store-privacy.ts";
export { createAudienceTemplates } from "./templates/create-templates.ts";
export { createAttributeValueRoutes, createEventValueStore } from "./values/index.ts";
