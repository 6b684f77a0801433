import { PreviewAs } from "../../decisions/preview-as.tsx";
import type { KindPage, SideProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { notLiveChecks } from "../warnings/not-live.tsx";
import { CollectionForm } from "./collection-form.tsx";
import { ModelsTab } from "./models-tab.tsx";
import { OfferForm } from "./offer-form.tsx";
import { OfferSide } from "./offer-side.tsx";
import { PlacementForm } from "./placement-form.tsx";
import { newStrategy, PolicyForm } from "./policy-form.tsx";
import { PolicySide } from "./policy-side.tsx";
import type { CollectionBody, OfferBody, OfferPlacementBody, PolicyBody } from "./shapes.ts";

const m = messages.decisioning;

function PlacementSide({ body }: SideProps<OfferPlacementBody>) {
  return (
    <Panel title={m.preview} description={m.previewText}>
      <PreviewAs placements={[body.placement]} />
    </Panel>
  );
}

export const offerKind: KindPage<OfferBody> = {
  kind: "offer",
  path: "/offers",
  texts: m.offers,
  columns: [],
  emptyBody: () => ({ priority: 1, audiences: [], representations: [{ placement: "" }] }),
  Form: OfferForm,
  PublishChecks: notLiveChecks("offer"),
  Side: OfferSide,
  tabs: [],
};

export const collectionKind: KindPage<CollectionBody> = {
  kind: "offer-collection",
  path: "/offer-collections",
  texts: m.collections,
  columns: [],
  emptyBody: () => ({ offers: [] }),
  Form: CollectionForm,
  PublishChecks: notLiveChecks("offer-collection"),
  tabs: [],
};

export const policyKind: KindPage<PolicyBody> = {
  kind: "offer-policy",
  path: "/offer-policies",
  texts: m.policies,
  columns: [],
  emptyBody: () => ({ placements: [], priority: 10, audiences: [], wanted: 1, entries: [newStrategy("main")] }),
  Form: PolicyForm,
  PublishChecks: notLiveChecks("offer-policy"),
  Side: PolicySide,
  tabs: [{ id: "models", label: m.models.tab, Content: ModelsTab }],
};

export const offerPlacementKind: KindPage<OfferPlacementBody> = {
  kind: "offer-placement",
  path: "/offer-placements",
  texts: m.placements,
  columns: [],
  emptyBody: () => ({ placement: "home.hero", channel: "web", contentType: "html" }),
  Form: PlacementForm,
  Side: PlacementSide,
  tabs: [],
};
