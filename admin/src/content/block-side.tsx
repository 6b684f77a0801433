import { Badge, Content, Heading, InlineAlert } from "@react-spectrum/s2";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { DraftProblem } from "../ui/draft-problem.tsx";
import { Panel } from "../ui/page.tsx";
import { Loading } from "../ui/states.tsx";
import { body as bodyText, muted, mutedXs, plainList, stackTight } from "../ui/styles.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { DraftPreview, hasContent } from "./draft-preview.tsx";
import type { BlockBody, Visibility } from "./shapes.ts";
import { useVisibility } from "./use-blocks.ts";

const m = messages.blocks;
const delayMs = 600;

/** The block in the form as somebody would see it, and who sees it. */
export function BlockSide(props: SideProps<BlockBody>) {
  const { body, scope, schedule, definition } = props;
  return (
    <>
      <Panel title={m.draftPreview} description={m.draftPreviewText}>
        <DraftPreview body={body} scope={scope} schedule={schedule} blockKey={definition?.key} />
        {body.placement === "" ? null : (
          <p className={muted}>
            <AppLink to={`/preview?placements=${encodeURIComponent(body.placement)}`}>{messages.preview.title}</AppLink>
          </p>
        )}
      </Panel>
      <WhoSees {...props} />
    </>
  );
}

/** Counted again a moment after each change of the form. */
function WhoSees({ body, scope, schedule, definition }: SideProps<BlockBody>) {
  const draft = { body, scope, schedule };
  const asked = useDebounced(JSON.stringify({ ...(definition ? { key: definition.key } : {}), draft }), delayMs);
  const query = useVisibility(body.placement === "" || !hasContent(body) ? null : asked);
  const isLive = definition?.status === "live" || definition?.status === "scheduled";
  return (
    <Panel title={m.visibility} description={m.visibilityText}>
      <div aria-live="polite" className={stackTight}>
        {isLive ? null : <p className={muted}>{m.noneLive}</p>}
        {query.error ? <DraftProblem error={query.error} unfinished={m.uncounted} /> : null}
        {query.isPending && query.isFetching ? <Loading /> : null}
        {query.data && !query.error ? <Seen seen={query.data} body={body} /> : null}
      </div>
    </Panel>
  );
}

function Seen({ seen: { people, nobody, warnings, number }, body }: { seen: Visibility; body: BlockBody }) {
  const isOpen = body.audiences.length + (body.externalAudiences ?? []).length === 0 && body.rule === undefined;
  const hints = warnings.filter(({ hides }) => !hides);
  return (
    <div className={stackTight}>
      {nobody ? (
        <InlineAlert variant="notice">
          <Heading level={3}>{m.nobody}</Heading>
          <Content>
            <ul>
              {warnings
                .filter(({ hides }) => hides)
                .map(({ code, text }) => (
                  <li key={code}>{text}</li>
                ))}
            </ul>
          </Content>
        </InlineAlert>
      ) : null}
      {people.exactness === "in_call" ? null : (
        <p className={bodyText}>{m.people(formatNumber(people.count), formatShare(people.share))}</p>
      )}
      {people.exactness === "sampled" ? (
        <p className={muted}>{m.peopleRange(formatNumber(people.low), formatNumber(people.high))}</p>
      ) : null}
      {people.isUpperBound ? <p className={muted}>{m.upperBound}</p> : null}
      {isOpen ? <p className={muted}>{m.strangers}</p> : null}
      {hints.length === 0 ? null : (
        <>
          <Badge variant="notice">{m.warnings}</Badge>
          <ul className={plainList}>
            {hints.map(({ code, text }) => (
              <li key={code + text} className={muted}>
                {text}
              </li>
            ))}
          </ul>
        </>
      )}
      {number === undefined ? null : <p className={mutedXs}>{m.number(String(number))}</p>}
    </div>
  );
}
