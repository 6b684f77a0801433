import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { SearchRuleForm } from "./search-rule-form.tsx";
import type { SearchRuleBody } from "./shapes.ts";

export const searchRuleKind: KindPage<SearchRuleBody> = {
  kind: "search-rule",
  path: "/search-rules",
  texts: messages.merchandising.searchRules,
  columns: [],
  emptyBody: () => ({ query: { match: "any", conditions: [{ operator: "contains", value: "" }] } }),
  Form: SearchRuleForm,
  tabs: [],
};
