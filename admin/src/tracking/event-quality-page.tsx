import { ActionButton, Badge, DialogContainer } from "@react-spectrum/s2";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import { formatAgo, formatInstant, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { InfoDialog } from "../ui/info-dialog.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { codeBlock, muted, stackWide } from "../ui/styles.ts";
import type { SeenEvent, VolumeAnomaly } from "./shapes.ts";
import { ViolationsTable } from "./violations-table.tsx";

const m = messages.tracking.quality;

/** What comes in, what breaks a plan, what comes unusually often or seldom. */
export function EventQualityPage() {
  const [open, setOpen] = useState<SeenEvent | null>(null);
  return (
    <div className={stackWide}>
      <ListPage<SeenEvent>
        id="event-quality"
        title={m.title}
        description={m.description}
        path="/v1/tracking/events"
        columns={columnsOf(setOpen)}
        rowKey={({ sourceId, type }) => `${sourceId}\n${type}`}
        empty={{ title: m.emptyTitle, text: m.emptyText, example: m.example }}
      />
      <Panel title={m.broken}>
        <ViolationsTable />
      </Panel>
      <Panel title={m.unusual}>
        <AnomaliesTable />
      </Panel>
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open ? <Shape event={open} onClose={() => setOpen(null)} /> : null}
      </DialogContainer>
    </div>
  );
}

function Shape({ event, onClose }: { event: SeenEvent; onClose: () => void }) {
  return (
    <InfoDialog title={event.type} onClose={onClose} size="M">
      <pre className={codeBlock}>{event.shape.join("\n")}</pre>
    </InfoDialog>
  );
}

const anomalyColumns: readonly Column<VolumeAnomaly>[] = [
  { key: "event", label: m.event, text: ({ type }) => type },
  { key: "source", label: m.source, text: ({ sourceId }) => sourceId },
  { key: "hour", label: m.hour, isOneLine: true, text: ({ hour }) => formatInstant(hour) },
  { key: "count", label: m.count, align: "end", text: ({ count }) => formatNumber(count) },
  { key: "expected", label: m.expected, align: "end", text: ({ expected }) => formatNumber(Math.round(expected)) },
  {
    key: "deviation",
    label: m.deviation,
    align: "end",
    text: ({ deviation }) => m.sigmas(formatNumber(Math.round(deviation * 10) / 10)),
  },
];

function AnomaliesTable() {
  const query = useQuery({
    queryKey: ["tracking", "anomalies"],
    queryFn: ({ signal }) => get<Page<VolumeAnomaly>>("/v1/tracking/anomalies", { limit: 20 }, { signal }),
  });
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <p className={muted}>{m.nothingUnusual}</p>
        ) : (
          <DataTable
            label={m.unusual}
            columns={anomalyColumns}
            rows={items}
            rowKey={({ hour, sourceId, type }) => `${hour}\n${sourceId}\n${type}`}
          />
        )
      }
    </Loaded>
  );
}

function columnsOf(open: (event: SeenEvent) => void): readonly Column<SeenEvent>[] {
  return [
    {
      key: "event",
      label: m.event,
      text: ({ type }) => type,
      render: ({ type, near }) => (
        <>
          <span>{type}</span>
          {near.length > 0 ? <span className={muted}>{m.near(near.join(", "))}</span> : null}
        </>
      ),
    },
    { key: "source", label: m.source, text: ({ sourceId }) => sourceId },
    { key: "total", label: m.total, align: "end", text: ({ total }) => formatNumber(total) },
    {
      key: "violations",
      label: m.violations,
      text: ({ violations, violationRatio }) => (violations === 0 ? m.fits : m.share(formatShare(violationRatio))),
      render: ({ violations, violationRatio }) => (
        <Badge variant={violations === 0 ? "positive" : "notice"} fillStyle="subtle">
          {violations === 0 ? m.fits : m.share(formatShare(violationRatio))}
        </Badge>
      ),
    },
    {
      key: "last",
      label: m.lastSeen,
      isOneLine: true,
      text: ({ lastSeenAt }) => formatInstant(lastSeenAt),
      render: ({ lastSeenAt }) => <span title={formatInstant(lastSeenAt)}>{formatAgo(lastSeenAt)}</span>,
    },
    { key: "first", label: m.firstSeen, isHiddenAtFirst: true, text: ({ firstSeenAt }) => formatInstant(firstSeenAt) },
    {
      key: "shape",
      label: m.shape,
      isOneLine: true,
      align: "end",
      text: ({ shape }) => shape.join("; "),
      render: (event) =>
        event.shape.length === 0 ? null : (
          <ActionButton size="S" onPress={() => open(event)}>
            {m.shapeOf(formatNumber(event.shape.length))}
          </ActionButton>
        ),
    },
  ];
}
