import type { DefinitionSummary } from "../api/shapes.ts";
import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import type { TraitBody } from "./trait-body.ts";
import { TraitForm } from "./trait-form.tsx";
import { TraitSide } from "./trait-side.tsx";
import { StatusCell } from "./trait-status.tsx";

const m = messages.traits;

export const traitKind: KindPage<TraitBody> = {
  kind: "trait",
  path: "/traits",
  texts: m.kind,
  columns: [
    {
      key: "computation",
      label: m.status.column,
      text: () => "",
      render: ({ key, liveVersion }: DefinitionSummary) =>
        liveVersion === null ? null : <StatusCell traitKey={key} />,
    },
  ],
  emptyBody: () => ({ kind: "count", events: ["productPageView"], window: { last: "30d" } }),
  Form: TraitForm,
  Side: TraitSide,
  tabs: [],
};
