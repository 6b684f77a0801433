import { Content, Heading, InlineAlert, ProgressBar } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatAgo, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Tile } from "../ui/facts.tsx";
import { stackWide, tiles } from "../ui/styles.ts";
import type { Sync } from "./shapes.ts";
import { SyncLetters } from "./sync-letters.tsx";
import { SyncRuns } from "./sync-runs.tsx";
import { useRenewedParts, useSyncCounts } from "./use-sync.ts";

const m = messages.activation;
const wide = style({ width: "full", maxWidth: "full" });

/** How far it is: trouble, the walk under way, counts, runs, what was refused. */
export function ProgressTab({ sync }: { sync: Sync }) {
  const { data: counts } = useSyncCounts(sync.key);
  useRenewedParts(sync);
  const { state } = sync;
  return (
    <div className={stackWide}>
      <Trouble sync={sync} />
      <SweepProgress sync={sync} />
      <div className={tiles}>
        <Tile
          label={m.members}
          value={formatNumber(counts?.members ?? null)}
          note={counts && counts.gone > 0 ? m.goneExits(formatNumber(counts.gone)) : m.membersText}
        />
        <Tile label={m.waiting} value={formatNumber(counts?.waiting ?? null)} note={m.waitingText} />
        <Tile label={m.entered} value={formatNumber(state.entered)} />
        <Tile label={m.exited} value={formatNumber(state.exited)} />
        <Tile label={m.failed} value={formatNumber(state.failed)} />
        <Tile
          label={m.lastDelivered}
          value={state.lastDeliveredAt ? formatAgo(state.lastDeliveredAt) : messages.connectors.common.never}
        />
      </div>
      <SyncRuns syncKey={sync.key} />
      <SyncLetters sync={sync} />
    </div>
  );
}

function SweepProgress({ sync: { state } }: { sync: Sync }) {
  const { sweep } = state;
  if (!sweep) return null;
  const { done, total, runId } = sweep;
  const kind = m.sweep[sweep.kind];
  return (
    <ProgressBar
      styles={wide}
      label={runId === null ? m.sweepAsked(kind) : m.sweepProgress(kind, formatNumber(done), formatNumber(total))}
      isIndeterminate={runId === null || total === 0}
      value={total === 0 ? 0 : Math.min(100, (done / total) * 100)}
    />
  );
}

function Trouble({ sync: { state } }: { sync: Sync }) {
  const { health, failures, failingSince, nextAttemptAt, lastError } = state;
  if (health === "ok" || health === "syncing") return null;
  return (
    <InlineAlert variant={health === "paused" ? "notice" : "negative"}>
      <Heading level={2}>{m.health[health]}</Heading>
      <Content>
        {health === "paused" ? m.pausedText : null}
        {health === "stopped" ? m.stoppedText(formatNumber(failures)) : null}
        {health === "failing" ? m.failingText(formatNumber(failures), formatAgo(failingSince)) : null}{" "}
        {health === "failing" && nextAttemptAt ? m.nextAttempt(formatAgo(nextAttemptAt)) : null}{" "}
        {lastError !== null && health !== "paused" ? m.lastError(lastError) : null}
      </Content>
    </InlineAlert>
  );
}
