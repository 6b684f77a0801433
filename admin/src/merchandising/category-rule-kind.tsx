import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { CategoryRuleForm } from "./category-rule-form.tsx";
import type { CategoryRuleBody } from "./shapes.ts";

export const categoryRuleKind: KindPage<CategoryRuleBody> = {
  kind: "category-rule",
  path: "/category-rules",
  texts: messages.merchandising.categoryRules,
  columns: [],
  emptyBody: () => ({ category: "" }),
  Form: CategoryRuleForm,
  tabs: [],
};
