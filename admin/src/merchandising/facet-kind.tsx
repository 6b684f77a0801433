import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { type FacetBody, FacetForm } from "./facet-form.tsx";
import { FacetOrder } from "./facet-order.tsx";
import { FacetSide } from "./facet-side.tsx";

export const facetKind: KindPage<FacetBody> = {
  kind: "facet",
  path: "/facets",
  texts: messages.merchandising.facets,
  columns: [],
  emptyBody: () => ({ attribute: "", pinned: true }),
  Form: FacetForm,
  Side: FacetSide,
  ListActions: FacetOrder,
  tabs: [],
};
