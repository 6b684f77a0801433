import type { KindPage } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { RuleUsesTab } from "../coupons/rule-uses-tab.tsx";
import { CartRuleForm } from "./cart-rule-form.tsx";
import { CartRuleSide } from "./cart-rule-side.tsx";
import { CartRuleChecks } from "./publish-checks.tsx";
import type { CartRuleBody } from "./shapes.ts";

export const cartRuleKind: KindPage<CartRuleBody> = {
  kind: "cart-price-rule",
  path: "/price-rules",
  texts: messages.priceRules.kind,
  columns: [],
  emptyBody: () => ({ priority: 10, action: { type: "percent", percent: "10" } }),
  Form: CartRuleForm,
  Side: CartRuleSide,
  PublishChecks: CartRuleChecks,
  tabs: [{ id: "uses", label: messages.coupons.report.tab, Content: RuleUsesTab }],
};
