import { StatusLight } from "@react-spectrum/s2";
import { formatClockTime, formatDuration, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Facts } from "../ui/facts.tsx";
import { Page, Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { halves } from "../ui/styles.ts";
import { type Engine, lateInboxMs, type SystemState, useSystem } from "./use-system.ts";

const m = messages.system;

/** Engines, queues, lag, memory and versions of the process that answers. */
export function SystemPage() {
  const query = useSystem();
  return (
    <Page title={m.title} description={messages.common.updatedAt(formatClockTime(query.dataUpdatedAt))}>
      <Loaded query={query}>{(system) => <Panels system={system} />}</Loaded>
    </Page>
  );
}

function Panels({ system }: { system: SystemState }) {
  const age = system.inbox.oldestAgeMs ?? 0;
  return (
    <div className={halves}>
      <Panel title={m.engines}>
        <Facts
          facts={[
            { label: m.postgres, value: <EngineState engine={system.postgres} /> },
            { label: m.clickhouse, value: <EngineState engine={system.clickhouse} /> },
          ]}
        />
      </Panel>
      <Panel title={m.queues} description={m.queuesText}>
        <Facts
          facts={[
            { label: m.inbox, value: formatNumber(system.inbox.pending) },
            {
              label: m.lag,
              value: (
                <StatusLight variant={age > lateInboxMs ? "notice" : "positive"}>
                  {age > lateInboxMs ? m.late(formatDuration(age)) : m.onTime(formatDuration(age))}
                </StatusLight>
              ),
            },
            { label: m.export, value: formatNumber(system.export.pending) },
            { label: m.deadLetters, value: formatNumber(system.deadLetters) },
          ]}
        />
      </Panel>
      <Panel title={m.process}>
        <Facts
          facts={[
            { label: m.version, value: system.version },
            { label: m.uptime, value: formatDuration(system.uptimeS * 1000) },
            { label: m.roles, value: system.roles.join(", ") },
            {
              label: m.memory,
              value: m.megabytes(formatNumber(system.memoryMb.rss), formatNumber(system.memoryMb.heapUsed)),
            },
          ]}
        />
      </Panel>
      <Panel title={m.data}>
        <Facts
          facts={[
            { label: messages.home.events, value: formatNumber(system.events.total) },
            { label: messages.home.perMinute, value: formatNumber(system.events.lastMinute) },
            { label: messages.home.profiles, value: formatNumber(system.profiles) },
            { label: messages.home.products, value: formatNumber(system.catalog.products) },
            { label: m.catalogVersion, value: formatNumber(system.catalog.version) },
          ]}
        />
      </Panel>
    </div>
  );
}

function EngineState({ engine }: { engine: Engine }) {
  return (
    <StatusLight variant={engine.ok ? "positive" : "negative"}>
      {m.engine(engine.ok, engine.kind, engine.version ?? "")}
    </StatusLight>
  );
}
