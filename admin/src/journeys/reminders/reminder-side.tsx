import { ActionButton, DialogContainer } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client.ts";
import { ExplanationTree } from "../../audiences/explanation-tree.tsx";
import type { SideProps } from "../../definitions/kind-page.ts";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { DraftProblem } from "../../ui/draft-problem.tsx";
import { InfoDialog } from "../../ui/info-dialog.tsx";
import { Panel } from "../../ui/page.tsx";
import { Loading } from "../../ui/states.tsx";
import { body as bodyText, muted, mutedXs, plainList, stack, stackTight, strong } from "../../ui/styles.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { reasonText } from "./run-counts.ts";
import type { Channel, DueCustomer, DueText, ReminderBody, ReminderEstimate } from "./shapes.ts";
import { isKeyMissing } from "./templates.ts";
import { formatInstantIn } from "./zone-time.ts";

const m = messages.reminders;
const settleMs = 500;
// Long names and ids break; the button stays beside them.
const sampleRow = style({
  display: "grid",
  gridTemplateColumns: "minmax(0, 1fr) auto",
  alignItems: "center",
  columnGap: 8,
  overflowWrap: "anywhere",
});

/** Dates of the mails, and whom the rule as it stands in the form would remind now. */
export function ReminderSide({ body, scope, definition }: SideProps<ReminderBody>) {
  const [asked, setAsked] = useState<DueCustomer | null>(null);
  const draft = { ...(definition ? { key: definition.key } : {}), storeViews: scope.storeViews, body };
  const request = useDebounced(JSON.stringify(draft), settleMs);
  // The server would refuse it.
  const isUnfinished = [body, ...Object.values(body.byStoreView ?? {})].some(isKeyMissing);
  const query = useQuery({
    queryKey: ["reminders", "estimate", request],
    queryFn: ({ signal }) => post<ReminderEstimate>("/v1/reminders/estimate", JSON.parse(request), { signal }),
    placeholderData: keepPreviousData,
    enabled: !isUnfinished,
    retry: false,
    staleTime: 0,
  });
  const { data, error } = query;
  if (isUnfinished)
    return (
      <Panel title={m.estimate}>
        <p className={muted}>{m.unfinished}</p>
      </Panel>
    );
  if (error) return <Panel title={m.estimate}>{<DraftProblem error={error} unfinished={m.unfinished} />}</Panel>;
  if (!data) return <Loading />;
  return (
    <>
      <Panel title={m.dates} description={m.datesText}>
        <ol className={plainList}>
          {data.dates.map((at, place) => (
            <li key={at} className={bodyText}>
              {m.mailAt(place + 1, formatInstantIn(at, data.timezone))}
            </li>
          ))}
        </ol>
        <p className={muted}>{m.datesIn(data.timezone)}</p>
      </Panel>
      <Panel title={m.estimate} description={m.estimateText}>
        <div className={stack} aria-live="polite">
          <p className={strong}>{m.dueOf(formatNumber(data.due), formatNumber(data.checked))}</p>
          {data.isComplete ? null : <p className={muted}>{m.notAll}</p>}
          <Texts texts={data.texts} />
          <Reasons hindered={data.hindered} />
          <Samples samples={data.samples} onAsk={setAsked} />
        </div>
      </Panel>
      <WhyDialog person={asked} onClose={() => setAsked(null)} />
    </>
  );
}

function Texts({ texts }: Pick<ReminderEstimate, "texts">) {
  if (texts.length === 0) return null;
  return (
    <div>
      <p className={muted}>{m.texts}</p>
      <ul>
        {texts.map((text) => (
          <li key={JSON.stringify(text)} className={bodyText}>
            {textName(text)}: {formatNumber(text.count)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function textName({ channel, template, storeView }: Pick<DueText, "channel" | "template" | "storeView">): string {
  return m.textOf(m.channelNames[channel as Channel] ?? channel, template, storeView);
}

function Reasons({ hindered }: Pick<ReminderEstimate, "hindered">) {
  const reasons = Object.entries(hindered);
  if (reasons.length === 0) return null;
  return (
    <div>
      <p className={muted}>{m.hindered}</p>
      <ul>
        {reasons.map(([reason, count]) => (
          <li key={reason} className={bodyText}>
            {reasonText(reason)}: {formatNumber(count)}
          </li>
        ))}
      </ul>
    </div>
  );
}

type SamplesProps = { readonly samples: readonly DueCustomer[]; readonly onAsk: (customer: DueCustomer) => void };

export function nameOf({ label, profileId }: Pick<DueCustomer, "label" | "profileId">): string {
  return label || profileId;
}

/** What somebody gets, or why not. */
function outcomeOf({ step, why, hindrance, channel }: DueCustomer): string {
  const reason = step === null ? hindrance : why;
  if (reason !== null) return m.nothing(reasonText(reason));
  return m.channelNames[channel as Channel] ?? messages.common.none;
}

function Samples({ samples, onAsk }: SamplesProps) {
  if (samples.length === 0) return <p className={muted}>{m.dueNone}</p>;
  return (
    <div>
      <p className={muted}>{m.dueSamples}</p>
      <ul className={plainList}>
        {samples.map((sample) => (
          <li key={sample.profileId} className={sampleRow}>
            <span className={stackTight}>
              <AppLink to={`/profiles/${sample.profileId}`}>{nameOf(sample)}</AppLink>
              <span className={mutedXs}>{outcomeOf(sample)}</span>
            </span>
            <ActionButton size="S" isQuiet aria-label={messages.why.ask(nameOf(sample))} onPress={() => onAsk(sample)}>
              {messages.why.label}
            </ActionButton>
          </li>
        ))}
      </ul>
    </div>
  );
}

function WhyDialog({ person, onClose }: { readonly person: DueCustomer | null; readonly onClose: () => void }) {
  return (
    <DialogContainer onDismiss={onClose}>
      {person ? (
        <InfoDialog title={m.whyTitle(nameOf(person))} onClose={onClose}>
          {person.products.length === 0 ? null : <p className={bodyText}>{m.about(person.products.join(", "))}</p>}
          {person.template === null ? null : (
            <p className={bodyText}>
              {textName({ ...person, channel: person.channel ?? "", template: person.template })}
            </p>
          )}
          {person.title === "" ? null : <p className={bodyText}>{m.titleIs(person.title)}</p>}
          {person.why === null ? null : <p className={bodyText}>{`${m.why}: ${reasonText(person.why)}`}</p>}
          <ExplanationTree answer={person.explanation} />
        </InfoDialog>
      ) : null}
    </DialogContainer>
  );
}
