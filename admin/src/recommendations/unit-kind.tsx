import type { Definition, Json } from "../api/shapes.ts";
import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import type { UnitFilters } from "./filters.ts";
import { ReadinessTab } from "./readiness-panel.tsx";
import { ReportTab } from "./report-tab.tsx";
import { UnitForm } from "./unit-form.tsx";
import { UnitSide } from "./unit-side.tsx";

export const maxProducts = 20;

export type UnitBody = {
  readonly placement: string;
  /** Lower first. */
  readonly priority: number;
  readonly label: string;
  /** One of `strategies`, or a foreign name that the server knows. */
  readonly strategy: string;
  readonly limit?: number;
  /** Fill up with other strategies. */
  readonly fallback?: boolean;
  readonly audiences: readonly string[];
  readonly rule?: Json;
  readonly excludeCart?: boolean;
  readonly excludePurchased?: boolean;
  readonly showOutOfStock?: boolean;
  readonly category?: string;
  readonly pageType?: string;
  /** Order on the page, lower first. */
  readonly position?: number;
  readonly filters?: UnitFilters;
};

export const unitKind: KindPage<UnitBody> = {
  kind: "unit",
  path: "/units",
  texts: messages.units.kind,
  columns: [],
  emptyBody: () => ({
    placement: "home.recommendations",
    priority: 10,
    label: messages.units.defaultLabel,
    strategy: "recommended-for-you",
    limit: 8,
    fallback: true,
    audiences: [],
    excludeCart: true,
    excludePurchased: true,
  }),
  Form: UnitForm,
  Side: UnitSide,
  tabs: [
    { id: "readiness", label: messages.units.readiness.title, Content: UnitReadiness },
    { id: "report", label: messages.units.report.title, Content: UnitReport },
  ],
};

function UnitReadiness({ definition }: { definition: Definition<UnitBody> }) {
  return <ReadinessTab definition={definition} />;
}

function UnitReport({ definition }: { definition: Definition<UnitBody> }) {
  return <ReportTab unitId={definition.id} />;
}
