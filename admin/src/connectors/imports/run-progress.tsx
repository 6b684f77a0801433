import { ProgressBar } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useEffect, useState } from "react";
import { formatDuration, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { muted, rowBetween, stackTight } from "../../ui/styles.ts";
import { formatBytes } from "../format-bytes.ts";
import { type Reading, rateOf, withReading } from "./progress-rate.ts";
import type { Import } from "./shapes.ts";

const m = messages.connectors.imports;
const wide = style({ width: "full", maxWidth: "full" });

/** @param readAt when the figures were read, UTC ms */
export function RunProgress({ run, readAt }: { run: Import; readAt: number }) {
  const { bytesRead, bytesTotal, ratio } = run.progress;
  const { rows } = run.counts;
  const [readings, setReadings] = useState<readonly Reading[]>([]);
  const isRunning = run.status === "running";
  useEffect(() => {
    setReadings((known) => (isRunning ? withReading(known, { atMs: readAt, bytes: bytesRead, rows }) : []));
  }, [isRunning, readAt, bytesRead, rows]);
  const rate = rateOf(readings, bytesTotal);
  const left = rate?.leftMs ?? null;
  return (
    <Panel title={m.progress}>
      <div className={stackTight}>
        <ProgressBar styles={wide} label={run.fileName} value={ratio * 100} />
        <div className={rowBetween}>
          <span className={muted}>{m.progressOf(formatBytes(bytesRead), formatBytes(bytesTotal))}</span>
          {isRunning ? (
            <span className={muted}>
              {rate ? `${m.rate(formatNumber(Math.round(rate.rowsPerSecond)))} · ` : ""}
              {left === null ? m.noEta : m.eta(formatDuration(Math.max(1000, left)))}
            </span>
          ) : null}
        </div>
      </div>
    </Panel>
  );
}
