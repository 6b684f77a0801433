import type { KindPage } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { CatalogRuleForm } from "./catalog-rule-form.tsx";
import { CatalogRuleSide } from "./catalog-rule-side.tsx";
import { CatalogRuleChecks } from "./publish-checks.tsx";
import type { CatalogRuleBody } from "./shapes.ts";

export const catalogRuleKind: KindPage<CatalogRuleBody> = {
  kind: "catalog-price-rule",
  path: "/catalog-price-rules",
  texts: messages.priceRules.catalogKind,
  columns: [],
  emptyBody: () => ({ priority: 10, action: { type: "by_percent", percent: "10" } }),
  Form: CatalogRuleForm,
  Side: CatalogRuleSide,
  PublishChecks: CatalogRuleChecks,
  tabs: [],
};
