import type { KindPage, SideProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { notLiveChecks } from "../offers/warnings/not-live.tsx";
import { Panel } from "../ui/page.tsx";
import { RotationForm } from "./rotation-form.tsx";
import { RotationPreview } from "./rotation-preview.tsx";
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
  PublishChecks: notLiveChecks("block-rotation"),
  Side: RotationSide,
  tabs: [],
};

/** The rotation in the form as somebody would see it. */
function RotationSide(props: SideProps<RotationBody>) {
  return (
    <Panel title={m.preview} description={m.previewText}>
      <RotationPreview {...props} />
    </Panel>
  );
}
