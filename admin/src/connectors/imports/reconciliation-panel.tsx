import {
  Content,
  Disclosure,
  DisclosurePanel,
  DisclosureTitle,
  Heading,
  InlineAlert,
  StatusLight,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatMoney, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { body, muted, stack } from "../../ui/styles.ts";
import type { MonthTotals, ReconciledMonth, ReconciledTotal, Reconciliation } from "./shapes.ts";
import { useReconciliation } from "./use-import.ts";

const m = messages.connectors.imports.reconciliation;
const notes = style({ margin: 0, paddingStart: 20 });

/** The file's own arithmetic beside the store's, and why they differ. */
export function ReconciliationPanel({ id, rejectedRows }: { id: string; rejectedRows: number }) {
  const query = useReconciliation(id);
  return (
    <Panel title={m.title} description={m.text}>
      <Loaded query={query}>{(report) => <Report report={report} rejectedRows={rejectedRows} />}</Loaded>
    </Panel>
  );
}

type ReportProps = { report: Reconciliation; rejectedRows: number };

function Report({ report, rejectedRows }: ReportProps) {
  const shown = report.totals.filter(({ file, stored }) => file !== 0 || stored !== 0);
  return (
    <div className={stack}>
      <Verdict report={report} rejectedRows={rejectedRows} />
      {shown.length === 0 ? (
        <p className={muted}>{m.nothingRead}</p>
      ) : (
        <DataTable
          label={m.title}
          columns={totalColumns}
          rows={shown}
          rowKey={({ what, currency }) => `${what} ${currency ?? ""}`}
        />
      )}
      <section className={stack} aria-label={m.notes}>
        <h3 className={body}>{m.notes}</h3>
        {report.notes.length === 0 ? (
          <p className={muted}>{m.noNotes}</p>
        ) : (
          <ul className={`${notes} ${body}`}>
            {report.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </section>
      {report.months.length > 0 ? (
        <Disclosure isQuiet size="S">
          <DisclosureTitle>{m.months}</DisclosureTitle>
          <DisclosurePanel>
            <DataTable
              label={m.months}
              columns={monthColumns}
              rows={report.months}
              rowKey={({ month, currency }) => `${month} ${currency}`}
            />
          </DisclosurePanel>
        </Disclosure>
      ) : null}
    </div>
  );
}

function Verdict({ report, rejectedRows }: ReportProps) {
  if (!report.isSettled) {
    return (
      <StatusLight variant="informative" role="status">
        {m.unsettled}
      </StatusLight>
    );
  }
  if (report.isEqual) {
    return (
      <StatusLight variant={rejectedRows > 0 ? "notice" : "positive"} role="status">
        {rejectedRows > 0 ? m.equalButRefused(formatNumber(rejectedRows)) : m.equal}
      </StatusLight>
    );
  }
  return (
    <InlineAlert variant="notice">
      <Heading level={3}>{m.different}</Heading>
      <Content>{m.differentText}</Content>
    </InlineAlert>
  );
}

function figure({ what, currency }: Pick<ReconciledTotal, "what" | "currency">, value: number): string {
  return what.endsWith("Minor") && currency ? formatMoney({ minor: value, currency }) : formatNumber(value);
}

const totalColumns: readonly Column<ReconciledTotal>[] = [
  {
    key: "what",
    label: m.what,
    text: ({ what, currency }) => (currency ? `${m.names[what] ?? what} (${currency})` : (m.names[what] ?? what)),
  },
  { key: "file", label: m.file, align: "end", isOneLine: true, text: (total) => figure(total, total.file) },
  { key: "stored", label: m.stored, align: "end", isOneLine: true, text: (total) => figure(total, total.stored) },
  {
    key: "difference",
    label: m.difference,
    align: "end",
    isOneLine: true,
    text: (total) => figure(total, total.difference),
    render: (total) => (
      <StatusLight variant={total.difference === 0 ? "positive" : "notice"}>
        {total.difference === 0 ? m.same : figure(total, total.difference)}
      </StatusLight>
    ),
  },
];

const pair = (month: ReconciledMonth, name: keyof MonthTotals) => {
  const what = { what: name, currency: month.currency };
  const [file, stored] = [figure(what, month.file[name]), figure(what, month.stored[name])];
  return file === stored ? file : `${file} → ${stored}`;
};

const monthColumns: readonly Column<ReconciledMonth>[] = [
  {
    key: "month",
    label: m.month,
    isOneLine: true,
    text: ({ month, currency }) => `${month || m.noDate} (${currency})`,
  },
  ...(["orders", "lines", "grossMinor", "cancelledMinor", "refundedMinor"] as const).map(
    (name): Column<ReconciledMonth> => ({
      key: name,
      label: m.names[name] ?? name,
      align: "end",
      isOneLine: true,
      text: (month) => pair(month, name),
    }),
  ),
  {
    key: "same",
    label: m.difference,
    align: "end",
    isOneLine: true,
    text: ({ isEqual }) => (isEqual ? m.same : m.different),
    render: ({ isEqual }) => (
      <StatusLight variant={isEqual ? "positive" : "notice"}>{isEqual ? m.same : m.different}</StatusLight>
    ),
  },
];
