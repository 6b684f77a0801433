import { Content, DialogContainer, Heading, InlineAlert } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { formatInstant, formatNumber, formatShortId } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Page, Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { body, mainAndSide, muted, plainList, stackWide } from "../ui/styles.ts";
import { describeProbability, StatusOf } from "./duplicates-page.tsx";
import { readReason } from "./read-reason.ts";
import { ReasonList } from "./reason-list.tsx";
import type { ComparedField, ProposalDetail } from "./shapes.ts";
import { useDecideDuplicate, useDuplicate } from "./use-duplicates.ts";

const m = messages.duplicates;
const d = m.detail;
const bitsLine = style({ display: "grid", gridTemplateColumns: "minmax(0, 1fr) max-content", gap: 16 });
const none = messages.common.none;

/** One pair side by side, with what speaks for and against one person, and the decision. */
export function DuplicatePage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  return <Loaded query={useDuplicate(id)}>{(pair) => <Detail key={pair.id} pair={pair} />}</Loaded>;
}

function Detail({ pair }: { pair: ProposalDetail }) {
  const isOne = pair.currentProfileA !== null && pair.currentProfileA === pair.currentProfileB;
  return (
    <Page
      title={d.title}
      description={`${m.pairOf(formatShortId(pair.profileA), formatShortId(pair.profileB))} · ${m.bySource[pair.source]}, ${formatInstant(pair.foundAt)}`}
      parent={{ label: m.title, to: "/duplicates" }}
      badge={<StatusOf status={pair.status} />}
      actions={pair.status === "open" ? <Decide id={pair.id} /> : null}
    >
      {pair.isMasked ? (
        <InlineAlert variant="informative">
          <Heading level={2}>{messages.access.hidden}</Heading>
          <Content>{d.masked}</Content>
        </InlineAlert>
      ) : null}
      <div className={mainAndSide}>
        <Panel title={d.sideBySide} description={d.sideBySideText}>
          <DataTable label={d.sideBySide} columns={columns} rows={pair.fields} rowKey={({ field }) => field} />
        </Panel>
        <div className={stackWide}>
          <Panel title={describeProbability(pair.probability)} description={m.statusTexts[pair.status]}>
            <ReasonList reasons={pair.reasons} />
          </Panel>
          <Panel title={messages.profiles.many}>
            <ul className={plainList}>
              {isOne ? (
                <OpenProfile label={d.openSurvivor} profileId={pair.currentProfileA} />
              ) : (
                <>
                  <OpenProfile label={d.openFirst} profileId={pair.currentProfileA} />
                  <OpenProfile label={d.openSecond} profileId={pair.currentProfileB} />
                </>
              )}
            </ul>
          </Panel>
          {pair.prior === null ? null : <Sum pair={pair} />}
        </div>
      </div>
    </Page>
  );
}

function Decide({ id }: { id: string }) {
  const [isAsking, setAsking] = useState(false);
  const decide = useDecideDuplicate(id);
  return (
    <>
      <GatedButton
        scope="edit"
        variant="secondary"
        isDisabled={decide.isPending}
        onPress={() => decide.mutate("dismiss")}
      >
        {d.dismiss}
      </GatedButton>
      <GatedButton scope="edit" variant="accent" isPending={decide.isPending} onPress={() => setAsking(true)}>
        {d.merge}
      </GatedButton>
      <DialogContainer onDismiss={() => setAsking(false)}>
        {isAsking ? (
          <ConfirmDialog
            isHarmless
            title={d.mergeTitle}
            text={d.mergeText}
            label={d.merge}
            onConfirm={() => decide.mutate("merge")}
          />
        ) : null}
      </DialogContainer>
    </>
  );
}

function OpenProfile({ label, profileId }: { label: string; profileId: string | null }) {
  return (
    <li className={body}>
      {profileId === null ? (
        <span className={muted}>{`${label}: ${d.gone}`}</span>
      ) : (
        <AppLink to={`/profiles/${profileId}`}>{`${label} (${formatShortId(profileId)})`}</AppLink>
      )}
    </li>
  );
}

function Sum({ pair }: { pair: ProposalDetail }) {
  const lines = [
    { label: d.prior, bits: pair.prior },
    ...(pair.household ? [{ label: d.household, bits: -pair.household }] : []),
    { label: d.sum, bits: pair.weight },
  ];
  return (
    <Panel title={d.bits}>
      <ul className={plainList}>
        {lines.map(({ label, bits }) => (
          <li key={label} className={bitsLine}>
            <span className={muted}>{label}</span>
            <span className={body}>{writeBits(bits)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function writeBits(bits: number | null): string {
  if (bits === null) return none;
  return `${bits > 0 ? "+" : ""}${formatNumber(bits, 1)}`;
}

/** The reason without the name of its field, which stands in the first column. */
function describeAgreement({ label, text }: ComparedField): string {
  if (text === null) return d.nothing;
  const words = readReason(text).text;
  return words.startsWith(label) ? words.slice(label.length).trim() : words;
}

const columns: readonly Column<ComparedField>[] = [
  { key: "field", label: d.field, text: ({ label }) => capitalised(label) },
  { key: "a", label: d.first, text: ({ a }) => a ?? none },
  { key: "b", label: d.second, text: ({ b }) => b ?? none },
  { key: "agreement", label: d.agreement, text: describeAgreement },
  { key: "bits", label: d.bits, align: "end", isOneLine: true, text: ({ weight }) => writeBits(weight) },
];

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
