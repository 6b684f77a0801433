import { formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Tile } from "../ui/facts.tsx";
import { Page, Panel } from "../ui/page.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { muted, stackWide, tiles } from "../ui/styles.ts";
import { money, moneyPerThousand, share } from "./report-columns.ts";
import { ReportFilters, useReportChoice } from "./report-filters.tsx";
import { ReportTable } from "./report-table.tsx";
import type { UnitFigures } from "./shapes.ts";
import { useUnitFigures } from "./use-units.ts";

const m = messages.units.report;

/** What one unit achieved, beside all others of the same time. */
export function ReportTab({ unitId }: { unitId: string }) {
  const choice = useReportChoice();
  const query = useUnitFigures(choice.period, choice.attribution);
  return (
    <div className={stackWide}>
      <ReportFilters />
      <Loaded query={query}>
        {(items) => {
          const own = items.find((each) => each.unitId === unitId);
          return (
            <>
              {own ? <Figures figures={own} /> : <p className={muted}>{m.noneOfUnit}</p>}
              {items.length > 0 ? <ReportTable items={items} /> : null}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

/** What every unit achieved. */
export function RecommendationReportPage() {
  const choice = useReportChoice();
  const query = useUnitFigures(choice.period, choice.attribution);
  return (
    <Page title={m.pageTitle} description={m.pageText}>
      <ReportFilters />
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? <EmptyState title={m.none} text={m.noneText} /> : <ReportTable items={items} />
        }
      </Loaded>
    </Page>
  );
}

function Figures({ figures }: { figures: UnitFigures }) {
  const { adobe } = figures;
  return (
    <>
      <Panel title={m.ours} description={m.oursText}>
        <div className={tiles}>
          <Tile label={m.impressions} value={formatNumber(figures.impressions)} />
          <Tile label={m.views} value={formatNumber(figures.views)} />
          <Tile label={m.clicks} value={formatNumber(figures.clicks)} />
          <Tile label={m.ctr} value={share(figures.ctr)} note={m.ctrText} />
          <Tile label={m.viewableCtr} value={share(figures.viewableCtr)} note={m.viewableCtrText} />
          <Tile label={m.orders} value={formatNumber(figures.orders)} />
          <Tile label={m.orderRate} value={share(figures.orderRate)} note={m.orderRateText} />
          <Tile label={m.revenue} value={money(figures.revenue)} />
          <Tile label={m.netRevenue} value={money(figures.netRevenue)} />
          <Tile label={m.lifetimeRevenue} value={money(figures.lifetimeRevenue)} />
          <Tile label={m.perThousand} value={formatMoney(moneyPerThousand(figures))} />
        </div>
      </Panel>
      <Panel title={m.adobe} description={m.adobeText}>
        <div className={tiles}>
          <Tile label={m.adobeNames.impressions} value={formatNumber(adobe.impressions)} />
          <Tile label={m.adobeNames.views} value={formatNumber(adobe.views)} />
          <Tile label={m.vImpressions} value={formatNumber(adobe.vImpressions)} />
          <Tile label={m.adobeNames.clicks} value={formatNumber(adobe.clicks)} />
          <Tile label={m.viewability} value={share(adobe.viewability)} />
          <Tile label={m.adobeCtr} value={share(adobe.ctr)} />
          <Tile label={m.vCtr} value={share(adobe.vCtr)} />
        </div>
      </Panel>
    </>
  );
}
