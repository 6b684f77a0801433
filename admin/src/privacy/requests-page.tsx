import { ActionButton, Badge, DialogContainer, Meter } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { formatAgo, formatInstant, formatShare, formatShortId } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { halves, muted, stackWide } from "../ui/styles.ts";
import { ChainPanel } from "./chain-panel.tsx";
import { RequestDetail } from "./request-detail.tsx";
import { RequestDialog } from "./request-dialog.tsx";
import { type PrivacyRequest, type RequestStatus, requestStatuses } from "./shapes.ts";
import { SuppressionPanel } from "./suppression-panel.tsx";
import { requestsPath, useFreshRequests } from "./use-privacy.ts";

const m = messages.privacy;
const meterWidth = style({ width: 144 });
const variants = {
  initialized: "informative",
  running: "informative",
  partial: "notice",
  finished: "positive",
  failed: "negative",
  invalid: "neutral",
} as const satisfies Record<RequestStatus, string>;

/** Privacy requests with their progress; beside them the suppression list and the proof of the activity log. */
export function PrivacyRequestsPage() {
  const [isNew, setNew] = useState(false);
  const [open, setOpen] = useState<PrivacyRequest | null>(null);
  useFreshRequests();
  const newButton = (
    <GatedButton scope="personal-data" variant="accent" onPress={() => setNew(true)}>
      {m.create}
    </GatedButton>
  );
  return (
    <div className={stackWide}>
      <ListPage<PrivacyRequest>
        id="privacy-requests"
        title={m.title}
        description={m.description}
        path={requestsPath}
        columns={columnsOf(setOpen)}
        rowKey={({ requestId }) => requestId}
        statuses={requestStatuses.map((key) => ({ key, label: m.statuses[key].label }))}
        actions={newButton}
        empty={{ title: m.emptyTitle, text: m.emptyText, example: m.example, action: newButton }}
      />
      <div className={halves}>
        <SuppressionPanel />
        <ChainPanel />
      </div>
      <DialogContainer onDismiss={() => setNew(false)}>
        {isNew ? <RequestDialog onClose={() => setNew(false)} /> : null}
      </DialogContainer>
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open ? <RequestDetail request={open} onClose={() => setOpen(null)} /> : null}
      </DialogContainer>
    </div>
  );
}

function describeProgress({ progress, step }: PrivacyRequest): string {
  return m.progress(formatShare(progress), m.steps[step] ?? step);
}

function columnsOf(open: (request: PrivacyRequest) => void): readonly Column<PrivacyRequest>[] {
  return [
    {
      key: "mode",
      label: m.mode,
      text: ({ mode }) => m.modes[mode]?.label ?? mode,
    },
    {
      key: "person",
      label: m.person,
      text: ({ profileId }) => profileId ?? m.unknownPerson,
      render: ({ profileId, status, mode }) =>
        profileId === null ? (
          m.unknownPerson
        ) : status === "finished" && mode !== "suppress" ? (
          formatShortId(profileId)
        ) : (
          <AppLink to={`/profiles/${profileId}`}>{formatShortId(profileId)}</AppLink>
        ),
    },
    {
      key: "status",
      label: messages.list.status,
      text: (request) => `${m.statuses[request.status]?.label ?? request.status}, ${describeProgress(request)}`,
      render: (request) => <Status request={request} />,
    },
    {
      key: "created",
      label: m.createdAt,
      text: ({ createdAt, requestedBy }) => `${formatInstant(createdAt)}, ${requestedBy}`,
      render: ({ createdAt, requestedBy }) => (
        <>
          <span title={formatInstant(createdAt)}>{formatAgo(createdAt)}</span>
          <span className={muted}>{requestedBy}</span>
        </>
      ),
    },
    { key: "reason", label: m.reason, text: ({ reason }) => reason || m.noReason },
    {
      key: "finished",
      label: m.finishedAt,
      isHiddenAtFirst: true,
      text: ({ finishedAt }) => formatInstant(finishedAt),
    },
    { key: "id", label: m.detailTitle(""), isHiddenAtFirst: true, text: ({ requestId }) => requestId },
    {
      key: "act",
      isOneLine: true,
      label: m.details,
      align: "end",
      text: () => "",
      render: (request) => (
        <ActionButton size="S" onPress={() => open(request)}>
          {m.show}
        </ActionButton>
      ),
    },
  ];
}

function Status({ request }: { request: PrivacyRequest }) {
  const { status, progress, requestId } = request;
  const isUnderWay = status === "running" || status === "partial";
  return (
    <>
      <Badge variant={variants[status] ?? "neutral"} fillStyle="subtle">
        {m.statuses[status]?.label ?? status}
      </Badge>
      {isUnderWay ? (
        <Meter
          aria-label={m.progressOf(requestId)}
          size="S"
          styles={meterWidth}
          value={progress * 100}
          valueLabel={describeProgress(request)}
        />
      ) : null}
    </>
  );
}
