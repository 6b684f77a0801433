import type { Json, JsonObject } from "../api/shapes.ts";
import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { AudienceForm } from "./audience-form.tsx";
import { EstimatePanel } from "./estimate-panel.tsx";
import { MembersTab } from "./members-tab.tsx";

const m = messages.audiences;

export type AudienceBody = { readonly description?: string; readonly rule: Json };

const startingRule: JsonObject = { all: [] };

export const audienceKind: KindPage<AudienceBody> = {
  kind: "audience",
  path: "/audiences",
  texts: m.kind,
  columns: [],
  emptyBody: () => ({ rule: startingRule }),
  Form: AudienceForm,
  Side: EstimatePanel,
  tabs: [{ id: "members", label: m.members, Content: MembersTab }],
};
