import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Tile } from "../../ui/facts.tsx";
import { tiles } from "../../ui/styles.ts";
import type { ImportCounts as Counts, Import } from "./shapes.ts";

const m = messages.connectors.imports;
const always: readonly (keyof Counts)[] = ["rows", "read", "written", "unchanged", "rejectedRows", "events"];
const whenAny: readonly (keyof Counts)[] = ["older", "skippedRows", "duplicates", "dropped"];

/** What became of the rows; rare outcomes only where there are any. */
export function ImportCounts({ run }: { run: Import }) {
  const names = [...always, ...whenAny.filter((name) => run.counts[name] > 0)];
  return (
    <div className={tiles}>
      {names.map((name) => (
        <Tile key={name} label={m.counts[name] ?? name} value={formatNumber(run.counts[name])} />
      ))}
    </div>
  );
}
