import { formatMoney, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { LineChart } from "../models/charts/line-chart.tsx";
import { Tile } from "../ui/facts.tsx";
import { Panel } from "../ui/page.tsx";
import type { Period } from "../ui/period.ts";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { stackWide, tiles } from "../ui/styles.ts";
import type { AdobeFigures, SearchDay, SearchFigures } from "./shapes.ts";
import { useSearchTotals } from "./use-search-report.ts";

const m = messages.searchAnalytics;
const share = (ratio: number | null): string => (ratio === null ? messages.common.none : formatShare(ratio));

/** The figures of a period: each search counted, and as Adobe's report counts. */
export function OverviewTab({ period }: { period: Period }) {
  const query = useSearchTotals(period);
  return (
    <Loaded query={query}>
      {({ search, unique, days }) =>
        search.searches === 0 ? (
          <EmptyState title={m.emptyTitle} text={m.emptyText} example={m.example} />
        ) : (
          <div className={stackWide}>
            <Ours search={search} />
            <Adobes unique={unique} />
            {days.length > 1 ? <Days days={days} /> : null}
          </div>
        )
      }
    </Loaded>
  );
}

function Ours({ search }: { search: SearchFigures }) {
  const f = m.figures;
  return (
    <Panel title={m.ours} description={m.oursText}>
      <div className={tiles}>
        <Tile label={f.searches} value={formatNumber(search.searches)} />
        <Tile label={f.uniqueQueries} value={formatNumber(search.uniqueQueries)} />
        <Tile label={f.sessionsWithSearch} value={formatNumber(search.sessionsWithSearch)} />
        <Tile label={f.zeroResultRate} value={share(search.zeroResultRate)} />
        <Tile label={f.clickThroughRate} value={share(search.clickThroughRate)} />
        <Tile label={f.averageClickPosition} value={formatNumber(search.averageClickPosition, 1)} />
        <Tile label={f.meanReciprocalRank} value={formatNumber(search.meanReciprocalRank, 2)} />
        <Tile label={f.conversionRate} value={share(search.conversionRate)} />
        <Tile label={f.revenue} value={search.revenue.map(formatMoney).join(" + ") || messages.common.none} />
        <Tile label={f.refinementRate} value={share(search.refinementRate)} />
        <Tile label={f.exitRate} value={share(search.exitRate)} />
        <Tile label={f.filterRate} value={share(search.filterRate)} />
      </div>
    </Panel>
  );
}

function Adobes({ unique }: { unique: AdobeFigures }) {
  const f = m.adobeFigures;
  return (
    <Panel title={m.adobe} description={m.adobeText}>
      <div className={tiles}>
        <Tile label={f.uniqueSearches} value={formatNumber(unique.uniqueSearches)} />
        <Tile label={f.zeroResultsRate} value={share(unique.zeroResultsRate)} />
        <Tile label={f.clickThroughRate} value={share(unique.clickThroughRate)} />
        <Tile label={f.conversionRate} value={share(unique.conversionRate)} note={m.conversionText} />
        <Tile label={f.averageClickPosition} value={formatNumber(unique.averageClickPosition, 1)} />
      </div>
    </Panel>
  );
}

const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

function Days({ days }: { days: readonly SearchDay[] }) {
  const points = (value: (day: SearchDay) => number) =>
    days.map((day) => ({ x: Date.parse(`${day.day}T00:00:00Z`), y: value(day) }));
  const ends = [days[0], days.at(-1)].flatMap((each) => (each ? [Date.parse(`${each.day}T00:00:00Z`)] : []));
  return (
    <Panel title={m.chart}>
      <LineChart
        label={m.chart}
        xLabel={m.day}
        isCount
        formatX={(x) => dayFormat.format(x)}
        formatY={(y) => formatNumber(y)}
        xTicks={ends}
        series={[
          { label: m.series.searches, points: points(({ searches }) => searches) },
          { label: m.series.zeroResults, points: points(({ zeroResults }) => zeroResults) },
          { label: m.series.clicked, points: points(({ clicked }) => clicked) },
        ]}
      />
    </Panel>
  );
}
