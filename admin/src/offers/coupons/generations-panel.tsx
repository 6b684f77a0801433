import { Badge, ProgressBar } from "@react-spectrum/s2";
import { GatedButton } from "../../access/gated-button.tsx";
import { formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { body as bodyText, muted, mutedXs, plainList, row, rowBetween, stackTight } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { exampleOf } from "./code-shape.ts";
import type { Generation, PoolDetail } from "./shapes.ts";
import { usePoolActions } from "./use-pools.ts";

const m = messages.coupons.generate;
const variants = {
  queued: "neutral",
  running: "informative",
  done: "positive",
  cancelled: "neutral",
  failed: "negative",
} as const;

/** Codes that were asked for, with their progress. */
export function GenerationsPanel({ pool }: { pool: PoolDetail }) {
  return (
    <Panel title={m.list}>
      {pool.generations.length === 0 ? <p className={muted}>{m.none}</p> : null}
      <ul className={plainList}>
        {pool.generations.map((generation) => (
          <li key={generation.id}>
            <Shown pool={pool} generation={generation} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Shown({ pool, generation }: { pool: PoolDetail; generation: Generation }) {
  const { cancel, erase } = usePoolActions(pool.id);
  const { id, status, done, quantity, spec, guessRatio, error, createdAt, createdBy } = generation;
  const isUnderWay = status === "queued" || status === "running";
  const stop = () => cancel.mutate(id, { onSuccess: () => showDone(m.cancelled), onError: showError });
  const remove = () =>
    erase.mutate(
      { matching: { generation: id, used: false } },
      {
        onSuccess: ({ deleted }) => showDone(messages.coupons.codes.deleted(formatNumber(deleted))),
        onError: showError,
      },
    );
  return (
    <div className={stackTight}>
      <div className={rowBetween}>
        <div className={row}>
          <Badge variant={variants[status] ?? "neutral"}>{m.statuses[status] ?? status}</Badge>
          <span className={bodyText}>{m.progress(formatNumber(done), formatNumber(quantity))}</span>
          <span className={mutedXs}>{exampleOf(spec)}</span>
        </div>
        {isUnderWay ? (
          <GatedButton
            scope="edit"
            size="S"
            variant="secondary"
            aria-label={m.cancelOne(formatNumber(quantity))}
            isPending={cancel.isPending}
            onPress={stop}
          >
            {m.cancel}
          </GatedButton>
        ) : status === "cancelled" && done > 0 ? (
          <GatedButton scope="edit" size="S" variant="secondary" isPending={erase.isPending} onPress={remove}>
            {m.deleteMade}
          </GatedButton>
        ) : null}
      </div>
      {isUnderWay ? <ProgressBar aria-label={m.list} value={done} maxValue={quantity} /> : null}
      {error ? <p className={bodyText}>{error}</p> : null}
      <p className={mutedXs}>
        {m.guess(formatNumber(Math.max(1, Math.floor(1 / Math.max(guessRatio, Number.MIN_VALUE)))))}{" "}
        {m.by(createdBy, formatInstant(createdAt))}
      </p>
    </div>
  );
}
