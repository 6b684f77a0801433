import { PageTabs } from "../connectors/page-tabs.tsx";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { Page } from "../ui/page.tsx";
import { instantsOf, periodKeys, readPeriod } from "../ui/period.ts";
import { PeriodField } from "../ui/period-field.tsx";
import { muted } from "../ui/styles.ts";
import { OverviewTab } from "./overview-tab.tsx";
import { ProductsTab } from "./products-tab.tsx";
import { ProposalsTab } from "./proposals-tab.tsx";
import { QueriesTab } from "./queries-tab.tsx";

const m = messages.searchAnalytics;

/** What shoppers searched for in a period, in the store view chosen above, and what to do about it. */
export function SearchAnalyticsPage() {
  const [url, change] = useUrlState();
  const period = readPeriod(url, "30d");
  const tabs = [
    { id: "overview", label: m.tabs.overview, content: <OverviewTab period={period} /> },
    { id: "queries", label: m.tabs.queries, content: <QueriesTab period={period} /> },
    { id: "products", label: m.tabs.products, content: <ProductsTab period={period} /> },
    { id: "proposals", label: m.tabs.proposals, content: <ProposalsTab period={period} /> },
  ];
  const selected = tabs.find(({ id }) => id === url["tab"])?.id ?? "overview";
  return (
    <Page title={m.title} description={m.description}>
      <PeriodField period={period} keys={periodKeys} onChange={change} />
      {instantsOf(period, Date.now()) === null ? (
        <p className={muted}>{messages.periods.choose}</p>
      ) : (
        <PageTabs
          label={m.title}
          tabs={tabs}
          selected={selected}
          onChange={(tab) => change({ tab: tab === "overview" ? null : tab, page: null })}
        />
      )}
    </Page>
  );
}
