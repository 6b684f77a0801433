import { useParams } from "@tanstack/react-router";
import { PageTabs } from "../../connectors/page-tabs.tsx";
import { formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink, useUrlState } from "../../shell/navigation.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { ErrorState, Loaded } from "../../ui/states.tsx";
import { muted, stackWide } from "../../ui/styles.ts";
import { CodesPanel } from "./codes-panel.tsx";
import { GeneratePanel } from "./generate-panel.tsx";
import { GenerationsPanel } from "./generations-panel.tsx";
import { ImportPanel } from "./import-panel.tsx";
import { PoolActions } from "./pool-actions.tsx";
import type { PoolDetail } from "./shapes.ts";
import { usePool } from "./use-pools.ts";

const m = messages.coupons;

/** One pool: its codes, how they are made, and where they come from else. */
export function CouponPoolPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const query = usePool(id);
  if (query.error && !query.data)
    return (
      <Page title={m.poolPage} description="" parent={{ label: m.title, to: "/coupons" }}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  return <Loaded query={query}>{(pool) => <Shown pool={pool} />}</Loaded>;
}

function Shown({ pool }: { pool: PoolDetail }) {
  const [url, change] = useUrlState();
  const isArchived = pool.archivedAt !== null;
  const tabs = [
    { id: "codes", label: m.codesTab, content: <CodesPanel pool={pool} /> },
    {
      id: "generate",
      label: m.generationsTab,
      content: (
        <div className={stackWide}>
          <GeneratePanel pool={pool} />
          <GenerationsPanel pool={pool} />
        </div>
      ),
    },
    { id: "import", label: m.importTab, content: <ImportPanel pool={pool} /> },
  ].filter(({ id }) => !isArchived || id === "codes");
  const selected = tabs.some(({ id }) => id === url["tab"]) ? (url["tab"] ?? "codes") : "codes";
  return (
    <Page
      title={pool.name}
      description={
        <>
          {m.ofRule("")}
          <AppLink to={`/price-rules/${encodeURIComponent(pool.ruleKey)}`}>{pool.ruleKey}</AppLink>
        </>
      }
      actions={<PoolActions pool={pool} />}
      parent={{ label: m.title, to: "/coupons" }}
    >
      <Panel title={m.statusPanel}>
        {pool.archivedAt === null ? null : (
          <p className={muted}>{m.life.archivedSince(formatInstant(pool.archivedAt))}</p>
        )}
        <Facts
          facts={[
            { label: m.count, value: formatNumber(pool.codes) },
            { label: m.usedCount, value: formatNumber(pool.usedCodes) },
          ]}
        />
      </Panel>
      <PageTabs label={pool.name} tabs={tabs} selected={selected} onChange={(tab) => change({ tab })} />
    </Page>
  );
}
