import { DialogContainer, NumberField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, row, stackWide } from "../ui/styles.ts";
import { RetentionDialog } from "./retention-dialog.tsx";
import type { Retention, RetentionItem, RetentionRecord } from "./shapes.ts";
import { type RetentionDraft, useRetention } from "./use-retention.ts";

const m = messages.privacy.retention;
const fields = style({
  display: "grid",
  gridTemplateColumns: { default: "minmax(0, 1fr)", lg: "minmax(0, 1fr) minmax(0, 1fr)" },
  gap: 24,
  alignItems: "end",
});
const wide = style({ width: "full" });

/** How long each class is kept, changing it, and what went. */
export function RetentionTab() {
  const query = useRetention();
  return <Loaded query={query}>{(retention) => <Periods key={retention.version} retention={retention} />}</Loaded>;
}

/** Only what differs from the defaults, so that a class that nobody touched follows them. */
function changedOf(items: readonly RetentionItem[], draft: RetentionDraft): RetentionDraft {
  return Object.fromEntries(
    items.flatMap(({ class: name, defaultDays }) => {
      const days = draft[name];
      return days === undefined || days === defaultDays ? [] : [[name, days]];
    }),
  );
}

function Periods({ retention }: { retention: Retention }) {
  const { items } = retention;
  const inForce: RetentionDraft = Object.fromEntries(items.map(({ class: name, days }) => [name, days]));
  const [draft, setDraft] = useState(inForce);
  const [isChecking, setChecking] = useState(false);
  const isSame = items.every(({ class: name, days }) => draft[name] === days);
  return (
    <div className={stackWide}>
      <Panel title={m.title} description={m.text}>
        <p className={muted}>{stateOf(retention)}</p>
        <div className={fields}>
          {items.map((item) => (
            <DaysField
              key={item.class}
              item={item}
              days={draft[item.class] ?? item.days}
              onChange={(days) => setDraft({ ...draft, [item.class]: days })}
            />
          ))}
        </div>
        <div className={row}>
          <GatedButton scope="admin" variant="accent" isDisabled={isSame} onPress={() => setChecking(true)}>
            {m.check}
          </GatedButton>
          <GatedButton
            scope="admin"
            variant="secondary"
            onPress={() => setDraft(Object.fromEntries(items.map((item) => [item.class, item.defaultDays])))}
          >
            {m.defaults}
          </GatedButton>
        </div>
      </Panel>
      <Panel title={m.last}>
        <DataTable
          label={m.last}
          columns={columns}
          rows={[...items, ...retention.fields]}
          rowKey={(item) => item.class}
        />
      </Panel>
      <DialogContainer onDismiss={() => setChecking(false)}>
        {isChecking ? (
          <RetentionDialog
            version={retention.version}
            days={changedOf(items, draft)}
            onClose={() => setChecking(false)}
          />
        ) : null}
      </DialogContainer>
    </div>
  );
}

function stateOf({ changedAt, changedBy, lastRunAt, nextRunAt }: Retention): string {
  return [
    changedAt === null ? m.shipped : m.changedBy(changedBy ?? "", formatInstant(changedAt)),
    lastRunAt === null ? m.noRun : m.lastRun(formatInstant(lastRunAt)),
    nextRunAt === null ? m.nextSoon : m.nextRun(formatInstant(nextRunAt)),
  ].join(" · ");
}

type DaysProps = { item: RetentionItem; days: number; onChange: (days: number) => void };

function DaysField({ item, days, onChange }: DaysProps) {
  const name = m.names[item.class] ?? item.class;
  const isDefaultForEver = item.defaultDays === 0;
  const isTooShort = days !== 0 && days < item.minDays;
  const least = m.atLeast(formatNumber(item.minDays));
  return (
    <NumberField
      label={m.daysOf(name)}
      description={[
        isDefaultForEver ? m.defaultForEver : m.defaultOf(formatNumber(item.defaultDays)),
        ...(item.minDays > 1 ? [least] : []),
      ].join(", ")}
      isInvalid={isTooShort}
      errorMessage={least}
      minValue={0}
      maxValue={item.maxDays}
      styles={wide}
      value={days}
      onChange={(value) => onChange(Number.isNaN(value) ? item.defaultDays : Math.round(value))}
    />
  );
}

const columns: readonly Column<RetentionRecord>[] = [
  { key: "what", label: m.what, text: (item) => m.names[item.class] ?? item.class },
  { key: "deleted", label: m.deleted, align: "end", text: ({ lastDeleted }) => formatNumber(lastDeleted) },
  { key: "all", label: m.deletedInAll, align: "end", text: ({ deletedInAll }) => formatNumber(deletedInAll) },
  {
    key: "at",
    label: m.lastDeleted,
    text: ({ lastDeletedAt }) => (lastDeletedAt === null ? m.never : formatInstant(lastDeletedAt)),
  },
];
