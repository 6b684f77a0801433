import type { SideProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import type { PlanBody } from "./plan-kind.tsx";
import { ViolationsTable } from "./violations-table.tsx";

const m = messages.tracking;

/** What the plans that are live now make of the sources this one is for. */
export function PlanSide({ body }: SideProps<PlanBody>) {
  return (
    <Panel title={m.seen} description={m.seenText}>
      <ViolationsTable sourceId={body.sources[0]} isNarrow />
    </Panel>
  );
}
