import { NumberField, StatusLight } from "@react-spectrum/s2";
import { useState } from "react";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { DraftProblem } from "../ui/draft-problem.tsx";
import { Loading } from "../ui/states.tsx";
import { muted, plainList, stack, stackTight } from "../ui/styles.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { HtmlPreview } from "./html-preview.tsx";
import type { RotationPreview as Preview, RotationBody } from "./shapes.ts";
import { useRotationPreview } from "./use-blocks.ts";
import { useViewer, ViewerFields } from "./viewer-fields.tsx";

const m = messages.rotations;
const mostViews = 1_000;
const listedViews = 20;

/** What a chosen customer would see of the rotation in the form, page after page, and how often each block comes. */
export function RotationPreview({ body, scope, schedule, definition }: SideProps<RotationBody>) {
  const { viewer, setViewer, request } = useViewer(schedule);
  const [views, setViews] = useState(20);
  const hasBlocks = body.source !== "specified" || (body.blocks ?? []).length > 0;
  const asked = JSON.stringify({
    ...(definition ? { key: definition.key } : {}),
    draft: { body, scope, schedule },
    ...request,
    views,
  });
  const settled = useDebounced(asked, 400);
  const query = useRotationPreview(hasBlocks && body.placement !== "" ? settled : null);
  return (
    <div className={stack}>
      <ViewerFields viewer={viewer} schedule={schedule} onChange={setViewer} />
      <NumberField
        label={m.views}
        value={views}
        minValue={1}
        maxValue={mostViews}
        onChange={(value) => setViews(Number.isNaN(value) ? 1 : value)}
      />
      <div aria-live="polite">
        {query.error ? <DraftProblem error={query.error} unfinished={messages.blocks.unfinished} /> : null}
        {query.isPending && query.isFetching ? <Loading /> : null}
        {query.data && !query.error ? <Outcome preview={query.data} /> : null}
      </div>
    </div>
  );
}

function Outcome({ preview: { shown, reasons, blocks, views } }: { preview: Preview }) {
  const nameOf = new Map(blocks.map(({ key, name }) => [key, name]));
  return (
    <div className={stackTight}>
      <StatusLight variant={shown ? "positive" : "neutral"}>
        {shown ? messages.blocks.shown : messages.blocks.notShown}
      </StatusLight>
      {reasons.map(({ code, text }) => (
        <p key={code} className={muted}>
          {text ?? code}
        </p>
      ))}
      <ul className={plainList} aria-label={m.distribution}>
        {blocks.map((block) => (
          <li key={block.key}>
            {block.shown
              ? m.shownTimes(block.name, formatNumber(block.count), formatShare(block.share))
              : m.never(block.name, block.reason.text ?? block.reason.code)}
            {block.value?.html === undefined ? null : <HtmlPreview html={block.value.html} title={block.name} />}
          </li>
        ))}
      </ul>
      {views.length === 0 ? null : (
        <ol aria-label={m.viewsInOrder}>
          {views.slice(0, listedViews).map((keys, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a page view is its place in the order
            <li key={at}>{keys.map((key) => nameOf.get(key) ?? key).join(", ")}</li>
          ))}
        </ol>
      )}
    </div>
  );
}
