import { GatedButton } from "../access/gated-button.tsx";
import { formatInstant, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Fact, Facts } from "../ui/facts.tsx";
import { InfoDialog } from "../ui/info-dialog.tsx";
import { muted, panelTitle } from "../ui/styles.ts";
import type { PrivacyRequest } from "./shapes.ts";
import { useRetryRequest } from "./use-privacy.ts";

const m = messages.privacy;

/** All of one request: what it changed, who asked, why it failed. */
export function RequestDetail({ request, onClose }: { request: PrivacyRequest; onClose: () => void }) {
  const retry = useRetryRequest();
  const counts = Object.entries(request.counts).filter(([, rows]) => rows > 0);
  return (
    <InfoDialog
      title={m.modes[request.mode]?.label ?? request.mode}
      onClose={onClose}
      size="M"
      action={
        request.status === "failed" ? (
          <GatedButton
            scope="personal-data"
            variant="accent"
            isPending={retry.isPending}
            onPress={() => retry.mutate(request.requestId, { onSuccess: onClose })}
          >
            {m.retry}
          </GatedButton>
        ) : null
      }
    >
      <p className={muted}>{m.statuses[request.status]?.text}</p>
      <Facts facts={factsOf(request)} />
      <h2 className={panelTitle}>{m.counts}</h2>
      {counts.length === 0 ? (
        <p className={muted}>{m.noCounts}</p>
      ) : (
        <Facts facts={counts.map(([label, rows]) => ({ label, value: formatNumber(rows) }))} />
      )}
    </InfoDialog>
  );
}

function factsOf(request: PrivacyRequest): readonly Fact[] {
  const { status, step, progress } = request;
  return [
    { label: m.detailTitle(""), value: request.requestId },
    { label: m.person, value: request.profileId ?? m.unknownPerson },
    {
      label: messages.list.status,
      value: `${m.statuses[status]?.label ?? status}, ${m.progress(formatShare(progress), m.steps[step] ?? step)}`,
    },
    { label: m.requestedBy, value: request.requestedBy },
    { label: m.createdAt, value: formatInstant(request.createdAt) },
    { label: m.finishedAt, value: formatInstant(request.finishedAt) },
    { label: m.reason, value: request.reason || m.noReason },
    { label: m.attempts, value: formatNumber(request.attempts) },
    ...(request.errorCode === null ? [] : [{ label: m.error, value: request.errorCode }]),
  ];
}
