import { ActionButton, Badge, Content, DialogContainer, Heading, InlineAlert, StatusLight } from "@react-spectrum/s2";
import { useState } from "react";
import type { Fault } from "../../api/client.ts";
import { formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { InfoDialog } from "../../ui/info-dialog.tsx";
import { JsonView } from "../../ui/json-view.tsx";
import { Panel } from "../../ui/page.tsx";
import { muted, row } from "../../ui/styles.ts";
import type { Preview, PreviewedRecord } from "./shapes.ts";

const m = messages.connectors.preview;
const none = messages.common.none;

type Props = {
  preview: Preview | undefined;
  /** Why the mapping of the moment cannot be used; the last good preview stays beside it. */
  faults: readonly Fault[];
  isUpdating: boolean;
  /** Stands here while there is nothing to show. */
  waiting: string;
};

/** The first records with their events, each with its fault. */
export function MappingPreview({ preview, faults, isUpdating, waiting }: Props) {
  const [open, setOpen] = useState<PreviewedRecord | null>(null);
  const all = preview?.faults.length ? [...preview.faults, ...faults] : faults;
  return (
    <Panel title={m.title} description={m.text} aside={<Verdict preview={preview} isUpdating={isUpdating} />}>
      {all.length > 0 ? (
        <InlineAlert variant="notice">
          <Heading level={3}>{m.faults}</Heading>
          <Content>
            <ul>
              {all.map(({ path, message }) => (
                <li key={`${path} ${message}`}>{`${pathText(path)}${message}`}</li>
              ))}
            </ul>
          </Content>
        </InlineAlert>
      ) : null}
      {preview === undefined ? (
        <p className={muted}>{waiting}</p>
      ) : preview.records.length === 0 ? (
        <p className={muted}>{m.none}</p>
      ) : (
        <DataTable
          label={m.title}
          columns={columnsOf(setOpen)}
          rows={preview.records}
          rowKey={({ lines, record }) => `${lines.join(",")} ${record?.externalId ?? ""}`}
          isStale={isUpdating || faults.length > 0}
        />
      )}
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open ? <Shown record={open} onClose={() => setOpen(null)} /> : null}
      </DialogContainer>
    </Panel>
  );
}

/** "/fields/purchaseID" → "purchaseID "; the whole record has no path. */
function pathText(path: string): string {
  const name = path.replace(/^\/(fields|items\/fields|lists\/)?\/?/, "");
  return name === "" ? "" : `${name}: `;
}

function Verdict({ preview, isUpdating }: { preview: Preview | undefined; isUpdating: boolean }) {
  if (isUpdating) return <span className={muted}>{m.updating}</span>;
  if (!preview || preview.records.length === 0) return null;
  const all = formatNumber(preview.records.length);
  return (
    <StatusLight variant={preview.faultyRecords > 0 ? "notice" : "positive"} role="status">
      {preview.faultyRecords > 0 ? m.faulty(formatNumber(preview.faultyRecords), all) : m.ok(all)}
    </StatusLight>
  );
}

function nameOf({ record }: PreviewedRecord): string {
  return record ? record.externalId : m.unreadable;
}

/** Rows of one order may lie far apart: 2–4, 9. */
function linesText(lines: readonly number[]): string {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return none;
  if (lines.length === 1) return formatNumber(first);
  const isRun = last - first === lines.length - 1;
  return isRun
    ? `${formatNumber(first)}–${formatNumber(last)}`
    : lines
        .slice(0, 6)
        .map((line) => formatNumber(line))
        .join(", ");
}

function countsByType(events: PreviewedRecord["events"]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts];
}

function columnsOf(show: (record: PreviewedRecord) => void): readonly Column<PreviewedRecord>[] {
  return [
    { key: "record", label: m.record, text: nameOf },
    { key: "lines", label: m.lines, isOneLine: true, text: ({ lines }) => linesText(lines) },
    {
      key: "events",
      label: m.events,
      text: ({ events }) => events.map(({ type }) => type).join(", ") || m.noEvents,
      render: ({ events, fault }) => (
        <span className={row}>
          {countsByType(events).map(([type, count]) => (
            <Badge key={type} variant="informative" fillStyle="subtle">
              {count > 1 ? `${type} × ${formatNumber(count)}` : type}
            </Badge>
          ))}
          {events.length === 0 && fault === null ? <span className={muted}>{m.noEvents}</span> : null}
        </span>
      ),
    },
    {
      key: "result",
      label: m.result,
      text: ({ fault }) => fault ?? m.good,
      render: ({ fault }) => <StatusLight variant={fault ? "negative" : "positive"}>{fault ?? m.good}</StatusLight>,
    },
    {
      key: "show",
      label: m.show,
      isOneLine: true,
      align: "end",
      text: () => "",
      render: (record) => (
        <ActionButton size="S" aria-label={m.showOf(nameOf(record))} onPress={() => show(record)}>
          {m.show}
        </ActionButton>
      ),
    },
  ];
}

function Shown({ record, onClose }: { record: PreviewedRecord; onClose: () => void }) {
  return (
    <InfoDialog title={nameOf(record)} onClose={onClose}>
      {record.fault ? <StatusLight variant="negative">{record.fault}</StatusLight> : null}
      {record.record ? (
        <>
          <h3>{m.recordOf}</h3>
          <JsonView label={m.recordOf} value={record.record.fields} />
        </>
      ) : null}
      {record.events.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events of one record have no id, and the list never changes
        <div key={index}>
          <h3>{m.eventAt(event.type, formatInstant(event.timestamp))}</h3>
          <p className={muted}>
            {event.identifiers.map(({ namespace, value }) => `${namespace}: ${value}`).join(", ") || none}
          </p>
          <JsonView label={event.type} value={event.properties} />
        </div>
      ))}
    </InfoDialog>
  );
}
