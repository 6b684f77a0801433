import { formatMoney, formatNumber, formatShare } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Tile } from "../../ui/facts.tsx";
import { Panel } from "../../ui/page.tsx";
import { body, muted, plainList, stack, stackWide, strong, tiles } from "../../ui/styles.ts";
import type { Both, Report, RuleResult, SampledOrder, Totals } from "./shapes.ts";

const m = messages.simulations;

/** What differs between reports of orders and of carts. */
export type ReportTexts = Readonly<
  Record<
    "noOrders" | "known" | "belowFloor" | "changed" | "ordersLive" | "ordersDraft" | "sample" | "sampleText",
    string
  >
> & {
  readonly totals: (currency: string, count: string) => string;
  readonly order: (place: number, day: string) => string;
};

/** What a simulation found. */
export function SimulationReport({ report, texts = m }: { report: Report; texts?: ReportTexts }) {
  if (report.orders === 0) return <p className={muted}>{texts.noOrders}</p>;
  return (
    <div className={stackWide}>
      <p className={muted}>{texts.known}</p>
      {report.unreadable > 0 ? <p className={muted}>{m.unreadable(formatNumber(report.unreadable))}</p> : null}
      {report.totals.map((totals) => (
        <TotalsPanel key={totals.currency} totals={totals} texts={texts} />
      ))}
      <Panel title={m.findings}>
        {report.findings.length === 0 ? <p className={muted}>{m.noFindings}</p> : null}
        <ul className={plainList}>
          {report.findings.map(({ text }) => (
            <li key={text} className={body}>
              {text}
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={m.byRule}>
        <DataTable label={m.byRule} columns={ruleColumns(texts)} rows={report.rules} rowKey={({ key }) => key} />
      </Panel>
      {report.sample.length === 0 ? null : (
        <Panel title={texts.sample} description={texts.sampleText}>
          {report.sample.map((order, at) => (
            <Sampled
              key={`${order.day} ${order.subtotal} ${JSON.stringify(order.lines)}`}
              order={order}
              title={texts.order(at + 1, order.day)}
            />
          ))}
        </Panel>
      )}
    </div>
  );
}

type Figure = { readonly label: string } & Both & { readonly isMoney: boolean };

function TotalsPanel({ totals, texts }: { totals: Totals; texts: ReportTexts }) {
  const { currency, orders, subtotal, costedSubtotal } = totals;
  const money = (minor: number) => formatMoney({ minor, currency });
  const figures: readonly Figure[] = [
    { label: m.discount, ...totals.discount, isMoney: true },
    ...(costedSubtotal > 0
      ? [
          { label: m.margin, ...totals.margin, isMoney: true },
          { label: texts.belowFloor, ...totals.belowFloor, isMoney: false },
        ]
      : []),
  ];
  const shown = (value: number, isMoney: boolean) => (isMoney ? money(value) : formatNumber(value));
  const columns: readonly Column<Figure>[] = [
    { key: "figure", label: m.figure, text: ({ label }) => label },
    { key: "live", label: m.live, align: "end", text: ({ live, isMoney }) => shown(live, isMoney) },
    { key: "draft", label: m.draft, align: "end", text: ({ draft, isMoney }) => shown(draft, isMoney) },
    {
      key: "difference",
      label: m.difference,
      align: "end",
      text: ({ live, draft, isMoney }) => shown(draft - live, isMoney),
    },
  ];
  return (
    <Panel title={texts.totals(currency, formatNumber(orders))}>
      <div className={tiles}>
        <Tile label={texts.changed} value={formatNumber(totals.changed)} note={formatShare(totals.changed / orders)} />
        <Tile label={m.better} value={formatNumber(totals.better)} note={m.byAmount(money(totals.betterBy))} />
        <Tile label={m.worse} value={formatNumber(totals.worse)} note={m.byAmount(money(totals.worseBy))} />
      </div>
      <DataTable
        label={texts.totals(currency, formatNumber(orders))}
        columns={columns}
        rows={figures}
        rowKey={({ label }) => label}
      />
      {costedSubtotal > 0 && subtotal > 0 ? (
        <p className={muted}>{m.marginNote(formatShare(costedSubtotal / subtotal))}</p>
      ) : null}
    </Panel>
  );
}

const given = (rule: RuleResult, side: keyof Both): string =>
  rule.discount.map((each) => formatMoney({ minor: each[side], currency: each.currency })).join(", ") ||
  messages.common.none;

const ruleColumns = (texts: ReportTexts): readonly Column<RuleResult>[] => [
  {
    key: "rule",
    label: m.rule,
    text: ({ name }) => name,
    render: ({ key, name, isChanged }) => (
      <>
        <AppLink to={`/price-rules/${encodeURIComponent(key)}`}>{name}</AppLink>
        {isChanged ? ` (${m.isChanged})` : ""}
      </>
    ),
  },
  { key: "ordersLive", label: texts.ordersLive, align: "end", text: ({ orders }) => formatNumber(orders.live) },
  { key: "ordersDraft", label: texts.ordersDraft, align: "end", text: ({ orders }) => formatNumber(orders.draft) },
  { key: "discountLive", label: m.discountLive, align: "end", text: (rule) => given(rule, "live") },
  { key: "discountDraft", label: m.discountDraft, align: "end", text: (rule) => given(rule, "draft") },
];

function outcomeText(outcome: string | null): string {
  if (outcome === null) return m.notThere;
  return m.outcomes[outcome as keyof typeof m.outcomes] ?? outcome;
}

/** One order or cart line by line, and which rules came out differently. */
export function Sampled({ order, title }: { order: SampledOrder; title: string }) {
  const money = (minor: number) => formatMoney({ minor, currency: order.currency });
  type Line = SampledOrder["lines"][number];
  const columns: readonly Column<Line>[] = [
    { key: "product", label: m.product, text: ({ name, sku }) => name || sku },
    { key: "qty", label: m.qty, align: "end", text: ({ qty }) => formatNumber(qty) },
    { key: "live", label: m.discountLive, align: "end", text: ({ discount }) => money(discount.live) },
    { key: "draft", label: m.discountDraft, align: "end", text: ({ discount }) => money(discount.draft) },
  ];
  return (
    <section className={stack} aria-label={title}>
      <h3 className={strong}>
        {title}: {money(order.subtotal)}, {money(order.discount.live)} → {money(order.discount.draft)}
      </h3>
      <DataTable
        label={title}
        columns={columns}
        rows={order.lines}
        rowKey={(line) => String(order.lines.indexOf(line))}
      />
      <ul className={plainList} aria-label={m.why}>
        {order.rules.map(({ rule, outcome, failing }) => (
          <li key={rule} className={muted}>
            {m.reason(rule, outcomeText(outcome.live), outcomeText(outcome.draft))}
            {failing ? m.failing(failing) : ""}
          </li>
        ))}
      </ul>
    </section>
  );
}
