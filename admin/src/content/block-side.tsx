import { Badge, Content, Heading, InlineAlert } from "@react-spectrum/s2";
import type { Definition } from "../api/shapes.ts";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { body as bodyText, muted, mutedXs, plainList, stackTight } from "../ui/styles.ts";
import { DraftPreview } from "./draft-preview.tsx";
import type { BlockBody, Visibility } from "./shapes.ts";
import { useVisibility } from "./use-blocks.ts";

const m = messages.blocks;

/** The block in the form as somebody would see it, and who sees the saved one. */
export function BlockSide({ body, scope, definition }: SideProps<BlockBody>) {
  return (
    <>
      <Panel title={m.draftPreview} description={m.draftPreviewText}>
        <DraftPreview body={body} scope={scope} blockKey={definition?.key} />
        {body.placement === "" ? null : (
          <p className={muted}>
            <AppLink to={`/preview?placements=${encodeURIComponent(body.placement)}`}>{messages.preview.title}</AppLink>
          </p>
        )}
      </Panel>
      {definition ? <WhoSees definition={definition} /> : null}
    </>
  );
}

function WhoSees({ definition }: { definition: Definition<BlockBody> }) {
  const { key, etag, status, liveVersion } = definition;
  const query = useVisibility(key, `${etag} ${status} ${liveVersion}`);
  return (
    <Panel title={m.visibility} description={m.visibilityText}>
      <Loaded query={query}>{(seen) => <Seen seen={seen} body={definition.body} />}</Loaded>
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
      <p className={mutedXs}>{m.number(String(number))}</p>
    </div>
  );
}
