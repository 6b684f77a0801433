import { PreviewAs } from "../decisions/preview-as.tsx";
import type { KindPage, SideProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { RotationForm } from "./rotation-form.tsx";
import type { RotationBody } from "./shapes.ts";

const m = messages.rotations;

export const rotationKind: KindPage<RotationBody> = {
  kind: "block-rotation",
  path: "/rotations",
  texts: m.kind,
  columns: [],
  emptyBody: () => ({
    placement: "home.news",
    priority: 10,
    audiences: [],
    mode: "series",
    source: "specified",
    blocks: [],
  }),
  Form: RotationForm,
  Side: RotationSide,
  tabs: [],
};

/** What a chosen customer gets at the rotation's placement now; drafts do not take part. */
function RotationSide({ body }: SideProps<RotationBody>) {
  return (
    <Panel title={m.preview} description={messages.preview.liveOnly}>
      <PreviewAs placements={[body.placement]} />
    </Panel>
  );
}
