import { LinkButton, Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { PageTabs } from "../connectors/page-tabs.tsx";
import { formatNumber, formatShortId } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink, useUrlState } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Tile } from "../ui/facts.tsx";
import { Page, Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { halves, muted, stackWide, tiles } from "../ui/styles.ts";
import { QuarantinePanel } from "./quarantine-panel.tsx";
import { SeparationsPanel } from "./separations-panel.tsx";
import { SettingsPanel } from "./settings-panel.tsx";
import type { IdentityReport } from "./shapes.ts";
import { SimulateTab } from "./simulate/simulate-tab.tsx";
import { useIdentityReport } from "./use-identity.ts";
import { actionName, namespaceName, ruleName } from "./words.ts";

const m = messages.identity;
const periodWidth = style({ width: 208 });
const r = m.report;
const periods = ["1", "7", "30", "90"] as const;
/** What a reader should look at first; the rest is in the table. */
const tileActions = ["link", "merge", "demote", "refuse", "repoint", "quarantine"] as const;

/** What identity stitching decided lately, and what people set by hand. */
export function IdentityPage() {
  const [url, change] = useUrlState();
  return (
    <Page
      title={m.title}
      description={m.description}
      actions={
        <LinkButton variant="secondary" href="/duplicates">
          {r.duplicates}
        </LinkButton>
      }
    >
      <PageTabs
        label={m.simulate.tabs}
        selected={url["tab"] === "try" ? "try" : "report"}
        onChange={(id) => change({ tab: id === "report" ? null : id })}
        tabs={[
          { id: "report", label: m.simulate.report, content: <ReportTab /> },
          { id: "try", label: m.simulate.tab, content: <SimulateTab /> },
        ]}
      />
    </Page>
  );
}

function ReportTab() {
  const [url, change] = useUrlState();
  const days = periods.find((period) => period === url["days"]) ?? "7";
  const query = useIdentityReport(Number(days));
  return (
    <div className={stackWide}>
      <div>
        <Picker
          label={m.days}
          styles={periodWidth}
          selectedKey={days}
          onSelectionChange={(key) => change({ days: key === "7" ? null : String(key) })}
        >
          {periods.map((period) => (
            <PickerItem key={period} id={period}>
              {m.lastDays(period)}
            </PickerItem>
          ))}
        </Picker>
      </div>
      <Loaded query={query}>{(report) => <Report report={report} />}</Loaded>
      <QuarantinePanel />
      <SeparationsPanel />
      <SettingsPanel />
    </div>
  );
}

function Report({ report }: { report: IdentityReport }) {
  return (
    <>
      <div className={tiles}>
        {tileActions.map((action) => (
          <Tile
            key={action}
            label={actionName(action)}
            value={formatNumber(countOf(report, action))}
            note={m.actionTexts[action]}
          />
        ))}
        <Tile label={actionName("block")} value={formatNumber(report.blocked)} note={m.actionTexts["block"]} />
        {report.waitingRebuilds > 0 ? <Tile label={r.waiting} value={formatNumber(report.waitingRebuilds)} /> : null}
      </div>
      <Panel title={r.decisions} description={r.decisionsText}>
        {report.byRule.length === 0 ? (
          <p className={muted}>{r.none}</p>
        ) : (
          <DataTable
            label={r.decisions}
            columns={decisionColumns}
            rows={[...report.byRule].sort((a, b) => b.events - a.events)}
            rowKey={({ action, rule }) => `${action} ${rule}`}
          />
        )}
      </Panel>
      <div className={halves}>
        <Panel title={r.biggest} description={r.biggestText}>
          {report.biggestProfiles.length === 0 ? (
            <p className={muted}>{r.noBiggest}</p>
          ) : (
            <DataTable
              label={r.biggest}
              columns={biggestColumns}
              rows={report.biggestProfiles}
              rowKey={({ profileId }) => profileId}
            />
          )}
        </Panel>
        <Panel title={r.blocked} description={r.blockedText}>
          {report.blockedByNamespace.length === 0 ? (
            <p className={muted}>{r.noBlocked}</p>
          ) : (
            <DataTable
              label={r.blocked}
              columns={blockedColumns}
              rows={report.blockedByNamespace}
              rowKey={({ namespace }) => namespace}
            />
          )}
        </Panel>
      </div>
    </>
  );
}

function countOf(report: IdentityReport, action: string): number {
  return report.byRule.reduce((sum, each) => (each.action === action ? sum + each.events : sum), 0);
}

type Row<K extends keyof IdentityReport> = IdentityReport[K] extends readonly (infer R)[] ? R : never;

const decisionColumns: readonly Column<Row<"byRule">>[] = [
  { key: "action", label: r.action, text: ({ action }) => actionName(action) },
  { key: "rule", label: r.rule, text: ({ rule }) => ruleName(rule) },
  { key: "times", label: r.times, align: "end", text: ({ events }) => formatNumber(events) },
];

const biggestColumns: readonly Column<Row<"biggestProfiles">>[] = [
  {
    key: "profile",
    label: r.profile,
    text: ({ profileId }) => profileId,
    render: ({ profileId }) => <AppLink to={`/profiles/${profileId}?tab=identity`}>{formatShortId(profileId)}</AppLink>,
  },
  { key: "identifiers", label: r.identifiers, align: "end", text: ({ identifiers }) => formatNumber(identifiers) },
  { key: "merges", label: r.merges, align: "end", text: ({ merges }) => formatNumber(merges) },
];

const blockedColumns: readonly Column<Row<"blockedByNamespace">>[] = [
  { key: "kind", label: r.kind, text: ({ namespace }) => namespaceName(namespace) },
  { key: "events", label: r.events, align: "end", text: ({ events }) => formatNumber(events) },
];
