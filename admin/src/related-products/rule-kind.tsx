import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { RelatedReportTab } from "./related-report-tab.tsx";
import { RelatedRuleForm } from "./rule-form.tsx";
import { RelatedRuleSide } from "./rule-side.tsx";
import type { RelatedRuleBody } from "./shapes.ts";

export const relatedRuleKind: KindPage<RelatedRuleBody> = {
  kind: "related-product-rule",
  path: "/related-rules",
  texts: messages.related.rules,
  columns: [],
  emptyBody: () => ({ applyTo: "related", priority: 10, audiences: [], match: { all: [] }, display: { all: [] } }),
  Form: RelatedRuleForm,
  Side: RelatedRuleSide,
  tabs: [{ id: "report", label: messages.related.report.title, Content: RelatedReportTab }],
};
