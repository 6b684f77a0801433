import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../api/client.ts";
import type { Definition } from "../api/shapes.ts";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { LineChart } from "../models/charts/line-chart.tsx";
import { Panel } from "../ui/page.tsx";
import { EmptyState } from "../ui/states.tsx";
import { rowEnd, stackWide } from "../ui/styles.ts";
import type { AudienceBody } from "./audience-kind.tsx";
import { Served } from "./served.tsx";

const v = messages.audienceViews;
const dayMs = 86_400_000;
const days = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const hours = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

type Size = {
  readonly at: string | number;
  readonly size: number;
  readonly entered: number;
  readonly exited: number;
};

/** How many people were in the live versions over time, and how many came and went. */
export function SizeTab({ definition }: { definition: Definition<AudienceBody> }) {
  const [span, setSpan] = useState("30");
  const step = Number(span) > 7 ? "day" : "hour";
  // Whole minutes, so that drawing the page again does not ask again.
  const [openedAt] = useState(() => Math.floor(Date.now() / 60_000) * 60_000);
  const params = {
    from: new Date(openedAt - Number(span) * dayMs).toISOString(),
    to: new Date(openedAt + 60_000).toISOString(),
    step,
  };
  const path = `/v1/audiences/${encodeURIComponent(definition.id)}/history`;
  const query = useQuery({
    queryKey: ["audience-history", path, params],
    queryFn: ({ signal }) => get<{ items: readonly Size[] }>(path, params, { signal }),
    enabled: definition.liveVersion !== null,
    retry: false,
  });
  if (definition.liveVersion === null) {
    return <EmptyState title={messages.audiences.notLive} text={messages.audiences.notLiveText} />;
  }
  return (
    <div className={stackWide}>
      <div className={rowEnd}>
        <ChoiceField
          label={v.span}
          choices={Object.entries(v.spans).map(([key, label]) => ({ key, label }))}
          value={span}
          onChange={setSpan}
        />
      </div>
      <Served query={query}>{({ items }) => <Charts items={items} isDaily={step === "day"} />}</Served>
    </div>
  );
}

function Charts({ items, isDaily }: { items: readonly Size[]; isDaily: boolean }) {
  if (items.length === 0) return <EmptyState title={v.noHistory} text={v.noHistoryText} />;
  const at = (size: Size) => new Date(size.at).getTime();
  const ofFigure = (name: "size" | "entered" | "exited") => items.map((each) => ({ x: at(each), y: each[name] }));
  const format = {
    formatX: (x: number) => (isDaily ? days.format(x) : hours.format(x)),
    formatY: (y: number) => formatNumber(y),
    // The days of the server are days in UTC.
    xLabel: isDaily ? v.atDay : v.at,
    isCount: true,
    xTicks: ticksOf(items.map(at)),
  };
  return (
    <>
      <Panel title={v.size} description={v.sizeText}>
        <LineChart label={v.size} series={[{ label: v.members, points: ofFigure("size") }]} {...format} />
      </Panel>
      <Panel title={v.cameAndWent}>
        <LineChart
          label={v.cameAndWent}
          series={[
            { label: v.entered, points: ofFigure("entered") },
            { label: v.exited, points: ofFigure("exited") },
          ]}
          {...format}
        />
      </Panel>
    </>
  );
}

/** First, last and three between: more dates would run into each other. */
function ticksOf(times: readonly number[]): readonly number[] {
  const last = times.length - 1;
  return [...new Set([0, 0.25, 0.5, 0.75, 1].map((part) => times[Math.round(part * last)] ?? 0))];
}
