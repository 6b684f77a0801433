import { PreviewAs } from "../decisions/preview-as.tsx";
import type { SideProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import type { BlockBody } from "./block-kind.tsx";

/** What a chosen customer gets at this block's placement now, and why; drafts do not take part. */
export function BlockSide({ body }: SideProps<BlockBody>) {
  return (
    <Panel title={messages.preview.asCustomer} description={messages.preview.liveOnly}>
      <PreviewAs placements={[body.placement]} />
    </Panel>
  );
}
