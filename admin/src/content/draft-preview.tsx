import { StatusLight } from "@react-spectrum/s2";
import type { DefinitionScope, Schedule } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { DraftProblem } from "../ui/draft-problem.tsx";
import { JsonView } from "../ui/json-view.tsx";
import { Loading } from "../ui/states.tsx";
import { muted, plainList, stack, stackTight } from "../ui/styles.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { HtmlPreview } from "./html-preview.tsx";
import type { BlockBody, BlockPreview } from "./shapes.ts";
import { useBlockPreview } from "./use-blocks.ts";
import { useViewer, ViewerFields } from "./viewer-fields.tsx";

const m = messages.blocks;

type Props = {
  readonly body: BlockBody;
  readonly scope: DefinitionScope;
  readonly schedule: Schedule | null;
  /** Of a block that is saved. */
  readonly blockKey: string | undefined;
};

/** Whether there is anything yet that could be shown. */
export function hasContent({ html, json, variants = [] }: BlockBody): boolean {
  return html !== undefined || json !== undefined || variants.length > 0;
}

/** What a chosen customer would get of the block in the form, and why. */
export function DraftPreview({ body, scope, schedule, blockKey }: Props) {
  const { viewer, setViewer, request } = useViewer(schedule);
  const asked = JSON.stringify({
    ...(blockKey === undefined ? {} : { key: blockKey }),
    draft: { body, scope, schedule },
    ...request,
  });
  const settled = useDebounced(asked, 400);
  const query = useBlockPreview(hasContent(body) && body.placement !== "" ? settled : null);
  return (
    <div className={stack}>
      <ViewerFields viewer={viewer} schedule={schedule} onChange={setViewer} />
      <div aria-live="polite">
        {query.error ? <DraftProblem error={query.error} unfinished={m.unfinished} /> : null}
        {query.isPending && query.isFetching ? <Loading /> : null}
        {query.data && !query.error ? <Outcome preview={query.data} /> : null}
      </div>
    </div>
  );
}

function Outcome({ preview: { shown, reasons, value } }: { preview: BlockPreview }) {
  return (
    <div className={stackTight}>
      <StatusLight variant={shown ? "positive" : "neutral"}>{shown ? m.shown : m.notShown}</StatusLight>
      <ul className={plainList}>
        {reasons.map((reason) => (
          <li key={reason.code + (reason.text ?? "")} className={muted}>
            {reason.text ?? reason.code}
          </li>
        ))}
      </ul>
      {value?.html === undefined ? null : <HtmlPreview html={value.html} title={m.draftPreview} />}
      {value !== null && value.html === undefined ? <p className={muted}>{m.emptyShown}</p> : null}
      {value?.link === undefined ? null : <p className={muted}>{`${m.link}: ${value.link}`}</p>}
      {value?.alt === undefined ? null : <p className={muted}>{`${m.alt}: ${value.alt}`}</p>}
      {value?.json === undefined ? null : <JsonView value={value.json} label={m.data} />}
    </div>
  );
}
