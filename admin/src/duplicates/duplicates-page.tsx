import { Badge, Picker, PickerItem } from "@react-spectrum/s2";
import { GatedButton } from "../access/gated-button.tsx";
import { formatAgo, formatInstant, formatShare, formatShortId } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink, useUrlState } from "../shell/navigation.tsx";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { muted, stackWide } from "../ui/styles.ts";
import { readReason } from "./read-reason.ts";
import { ReasonList } from "./reason-list.tsx";
import { ReportPanels } from "./report-panels.tsx";
import { type Proposal, type ProposalStatus, proposalStatuses } from "./shapes.ts";
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
  return (
    <div className={stackWide}>
      <ListPage<Proposal>
        id="duplicates"
        title={m.title}
        description={m.description}
        path={duplicatesPath}
        params={{ minProbability: url["least"], profileId: url["profile"] }}
        columns={columns}
        rowKey={({ id }) => id}
        statuses={proposalStatuses.map((key) => ({ key, label: m.statuses[key] }))}
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

const columns: readonly Column<Proposal>[] = [
  {
    key: "pair",
    label: m.pair,
    text: ({ profileA, profileB }) => m.pairOf(profileA, profileB),
    render: ({ id, profileA, profileB }) => (
      <AppLink to={`/duplicates/${id}`}>{m.pairOf(formatShortId(profileA), formatShortId(profileB))}</AppLink>
    ),
  },
  {
    key: "probability",
    label: m.probability,
    text: ({ probability }) => describeProbability(probability),
  },
  {
    key: "reasons",
    label: m.reasons,
    text: ({ reasons }) => reasons.map((reason) => readReason(reason).text).join("; "),
    render: ({ reasons }) => <ReasonList reasons={reasons} most={shownReasons} />,
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
