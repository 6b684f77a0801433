import type { Money } from "../api/shapes.ts";
import { formatMoney, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import type { Column } from "../ui/data-table.tsx";
import type { UnitFigures } from "./shapes.ts";

const m = messages.units.report;

export const share = (ratio: number | null): string => (ratio === null ? messages.common.none : formatShare(ratio));

/** Amounts of several currencies are never added. */
export const money = (amounts: readonly Money[]): string =>
  amounts.map(formatMoney).join(" + ") || messages.common.none;

export function moneyPerThousand({ revenue, revenuePerThousandImpressions }: UnitFigures): Money | null {
  const [first] = revenue;
  if (!first || revenuePerThousandImpressions === null) return null;
  return { minor: Math.round(revenuePerThousandImpressions), currency: first.currency };
}

const figure = (key: string, label: string, text: (row: UnitFigures) => string): Column<UnitFigures> => ({
  key,
  label,
  align: "end",
  text,
});

/** Ours first, then Adobe's, whose names say so. */
export const figureColumns: readonly Column<UnitFigures>[] = [
  figure("impressions", m.impressions, ({ impressions }) => formatNumber(impressions)),
  figure("views", m.views, ({ views }) => formatNumber(views)),
  figure("clicks", m.clicks, ({ clicks }) => formatNumber(clicks)),
  figure("ctr", m.ctr, ({ ctr }) => share(ctr)),
  figure("viewableCtr", m.viewableCtr, ({ viewableCtr }) => share(viewableCtr)),
  figure("orders", m.orders, ({ orders }) => formatNumber(orders)),
  figure("orderRate", m.orderRate, ({ orderRate }) => share(orderRate)),
  figure("revenue", m.revenue, ({ revenue }) => money(revenue)),
  figure("netRevenue", m.netRevenue, ({ netRevenue }) => money(netRevenue)),
  figure("perThousand", m.perThousand, (row) => formatMoney(moneyPerThousand(row))),
  figure("lifetimeRevenue", m.lifetimeRevenue, ({ lifetimeRevenue }) => money(lifetimeRevenue)),
  figure("vImpressions", m.adobeColumn(m.vImpressions), ({ adobe }) => formatNumber(adobe.vImpressions)),
  figure("viewability", m.adobeColumn(m.viewability), ({ adobe }) => share(adobe.viewability)),
  figure("adobeCtr", m.adobeColumn(m.adobeCtr), ({ adobe }) => share(adobe.ctr)),
  figure("vCtr", m.adobeColumn(m.vCtr), ({ adobe }) => share(adobe.vCtr)),
];
