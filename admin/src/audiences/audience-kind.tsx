import { AudienceActions } from "../activation/audience-actions.tsx";
import type { Json } from "../api/shapes.ts";
import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { AudienceForm } from "./audience-form.tsx";
import { EstimatePanel } from "./estimate-panel.tsx";
import { MembersTab } from "./members-tab.tsx";
import { OverlapTab } from "./overlap-tab.tsx";
import { SizeTab } from "./size-tab.tsx";
import { startingRule } from "./starting-rule.ts";

const m = messages.audiences;

export type AudienceBody = {
  readonly description?: string;
  /** None where members come from another system. */
  readonly rule?: Json;
  readonly appliesTo?: string;
  readonly imported?: { readonly source: string; readonly ttl?: string };
  readonly timezone?: string;
};

export const audienceKind: KindPage<AudienceBody> = {
  kind: "audience",
  path: "/audiences",
  texts: m.kind,
  columns: [],
  emptyBody: () => ({ rule: startingRule }),
  Form: AudienceForm,
  Side: EstimatePanel,
  Actions: AudienceActions,
  tabs: [
    { id: "members", label: m.members, Content: MembersTab },
    { id: "size", label: messages.audienceViews.size, Content: SizeTab },
    { id: "overlap", label: messages.audienceViews.overlap, Content: OverlapTab },
  ],
};
