import { Badge, Picker, PickerItem } from "@react-spectrum/s2";
import { GatedButton } from "../access/gated-button.tsx";
import { formatAgo, formatInstant, formatNumber, formatShare, formatShortId } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink, useUrlState } from "../shell/navigation.tsx";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { muted, mutedXs, stackWide } from "../ui/styles.ts";
import { readReason } from "./read-reason.ts";
import { ReasonList } from "./reason-list.tsx";
import { ReportPanels } from "./report-panels.tsx";
import { type ListedProposal, type ProposalStatus, proposalStatuses } from "./shapes.ts";
import { duplicatesPath, useDuplicateReport, useRunDuplicates } from "./use-duplicates.ts";

const m = messages.duplicates;
const shownReasons = 3;
const leastChoices = [0.95, 0.9, 0.75] as const;
const variants = {
  open: "informative",
  merged: "positive",
  dismissed: "neutral",
  withdrawn: "neutral",
} as const satisfies Record<ProposalStatus, string>;

/** Pairs of profiles that may be one person, most probable first. */
export function DuplicatesPage() {
  const [url, change] = useUrlState();
  const counts = useDuplicateReport().data?.counts;
  const countOf = (key: ProposalStatus) => (counts ? formatNumber(counts[key]) : null);
  return (
    <div className={stackWide}>
      <ListPage<ListedProposal>
        id="duplicates"
        title={m.title}
        description={m.description}
        path={duplicatesPath}
        params={{ minProbability: url["least"], profileId: url["profile"] }}
        columns={columns}
        rowKey={({ id }) => id}
        statuses={proposalStatuses.map((key) => ({ key, label: m.statusCount(m.statuses[key], countOf(key)) }))}
        statusAtFirst="open"
        filters={
          <Picker
            label={m.atLeast}
            selectedKey={url["least"] ?? "any"}
            onSelectionChange={(key) => change({ least: key === "any" ? null : String(key), at: null })}
          >
            {[
              { id: "any", label: m.anyProbability },
              ...leastChoices.map((ratio) => ({ id: String(ratio), label: m.least(formatShare(ratio)) })),
            ].map(({ id, label }) => (
              <PickerItem key={id} id={id}>
                {label}
              </PickerItem>
            ))}
          </Picker>
        }
        actions={<RunButton />}
        empty={{ title: m.emptyTitle, text: m.emptyText, example: m.example, action: <RunButton /> }}
      />
      <ReportPanels />
    </div>
  );
}

function RunButton() {
  const run = useRunDuplicates();
  const isRunning = useDuplicateReport().data?.lastRun?.status === "running";
  return (
    <GatedButton
      scope="edit"
      variant="secondary"
      isPending={run.isPending}
      isDisabled={isRunning}
      onPress={() => run.mutate()}
    >
      {isRunning ? m.running : m.runNow}
    </GatedButton>
  );
}

export function StatusOf({ status }: { status: ProposalStatus }) {
  return (
    <Badge variant={variants[status] ?? "neutral"} fillStyle="subtle">
      {m.statuses[status] ?? status}
    </Badge>
  );
}

export function describeProbability(probability: number | null): string {
  return probability === null ? m.tooLittle : m.share(formatShare(probability));
}

const columns: readonly Column<ListedProposal>[] = [
  {
    key: "pair",
    label: m.pair,
    text: ({ profileA, profileB, nameA, nameB }) => m.pairOf(nameA ?? profileA, nameB ?? profileB),
    render: ({ id, profileA, profileB, nameA, nameB }) => {
      const ids = m.pairOf(formatShortId(profileA), formatShortId(profileB));
      if (nameA === null && nameB === null) return <AppLink to={`/duplicates/${id}`}>{ids}</AppLink>;
      const names = m.pairOf(nameA ?? formatShortId(profileA), nameB ?? formatShortId(profileB));
      return (
        <>
          <AppLink to={`/duplicates/${id}`}>{names}</AppLink>
          <span className={mutedXs}>{ids}</span>
        </>
      );
    },
  },
  {
    key: "probability",
    label: m.probability,
    text: ({ probability }) => describeProbability(probability),
  },
  {
    key: "reasons",
    label: m.reasons,
    text: ({ reasons, source }) =>
      reasons.map((reason) => readReason(reason).text).join("; ") || (source === "identity" ? m.sharedValue : ""),
    render: ({ reasons, source }) =>
      reasons.length === 0 && source === "identity" ? (
        <span className={muted}>{m.sharedValue}</span>
      ) : (
        <ReasonList reasons={reasons} most={shownReasons} />
      ),
  },
  {
    key: "status",
    label: messages.list.status,
    text: ({ status }) => m.statuses[status] ?? status,
    render: ({ status, closedBy, closedAt }) => (
      <>
        <StatusOf status={status} />
        {closedAt === null ? null : <span className={muted}>{closedBy === null ? m.byProgram : m.by(closedBy)}</span>}
      </>
    ),
  },
  {
    key: "found",
    isOneLine: true,
    label: m.found,
    text: ({ foundAt }) => formatInstant(foundAt),
    render: ({ foundAt }) => <span title={formatInstant(foundAt)}>{formatAgo(foundAt)}</span>,
  },
  { key: "source", label: m.source, isHiddenAtFirst: true, text: ({ source }) => m.bySource[source] ?? source },
  { key: "decided", label: m.decided, isHiddenAtFirst: true, text: ({ closedAt }) => formatInstant(closedAt) },
];
