import type { JsonObject } from "../api/shapes.ts";
import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { PlanForm } from "./plan-form.tsx";
import { PlanSide } from "./plan-side.tsx";

export const planModes = ["observe", "omit", "block"] as const;
export type PlanMode = (typeof planModes)[number];

export type PlannedEvent = { readonly description?: string; readonly schema?: JsonObject };

export type PlanBody = {
  readonly description?: string;
  readonly sources: readonly string[];
  readonly mode: PlanMode;
  readonly modes?: Readonly<Record<string, PlanMode>>;
  readonly common?: JsonObject;
  readonly events: Readonly<Record<string, PlannedEvent>>;
};

export const planKind: KindPage<PlanBody> = {
  kind: "tracking-plan",
  path: "/tracking-plans",
  texts: messages.tracking.kind,
  columns: [],
  emptyBody: () => ({ sources: [], mode: "observe", events: {} }),
  Form: PlanForm,
  Side: PlanSide,
  tabs: [],
};
