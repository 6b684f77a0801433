import { Content, Heading, InlineAlert, StatusLight } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useEffect, useState } from "react";
import { useDefinitionChoices } from "../definitions/use-definition.ts";
import { formatClockTime, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { Tile } from "../ui/facts.tsx";
import { Page, Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { halves, muted, plainList, stack, tiles } from "../ui/styles.ts";
import { RateLine } from "./rate-line.tsx";
import { problemsOf, type SystemState, useSystem } from "./use-system.ts";

const m = messages.home;
const figure = style({ font: "heading-lg", color: "heading" });
const keptReadings = 60;

/** What runs, how much comes in, and where to go on. */
export function HomePage() {
  const query = useSystem();
  return (
    <Page title={m.title} description={m.description}>
      <Loaded query={query}>{(system) => <Overview system={system} readAt={query.dataUpdatedAt} />}</Loaded>
    </Page>
  );
}

function Overview({ system, readAt }: { system: SystemState; readAt: number }) {
  const rates = useReadings(system.events.lastMinute, readAt);
  const problems = problemsOf(system);
  return (
    <>
      {problems.length === 0 ? (
        <StatusLight variant="positive" role="status">
          {m.healthy}
        </StatusLight>
      ) : (
        problems.map((problem) => (
          <InlineAlert key={problem} variant="notice">
            <Heading level={2}>{m.problems[problem].title}</Heading>
            <Content>
              {m.problems[problem].text}{" "}
              <AppLink to={problem === "deadLetters" ? "/dead-letters" : "/system"}>{m.look}</AppLink>
            </Content>
          </InlineAlert>
        ))
      )}
      <div className={tiles}>
        <Tile
          label={m.profiles}
          value={formatNumber(system.profiles)}
          note={<AppLink to="/profiles">{m.open}</AppLink>}
        />
        <Tile
          label={m.events}
          value={formatNumber(system.events.total)}
          note={<AppLink to="/events">{m.watch}</AppLink>}
        />
        <Tile
          label={m.products}
          value={formatNumber(system.catalog.products)}
          note={<AppLink to="/catalog">{m.open}</AppLink>}
        />
        <LiveCount kind="audience" path="/audiences" label={messages.audiences.kind.many} />
        <LiveCount kind="block" path="/blocks" label={messages.blocks.kind.many} />
        <LiveCount kind="unit" path="/units" label={messages.units.kind.many} />
      </div>
      <div className={halves}>
        <Panel
          title={m.rate}
          aside={<span className={muted}>{messages.common.updatedAt(formatClockTime(readAt))}</span>}
        >
          <div className={stack}>
            <p className={muted}>
              <strong className={figure}>{formatNumber(system.events.lastMinute)}</strong> {m.inLastMinute}
            </p>
            <RateLine values={rates} label={m.rate} />
          </div>
        </Panel>
        <Panel title={m.next}>
          <ul className={plainList}>
            {m.steps.map((step) => (
              <li key={step.to} className={muted}>
                <AppLink to={step.to}>{step.label}</AppLink> {step.text}
              </li>
            ))}
          </ul>
        </Panel>
      </div>
    </>
  );
}

/** One value a reading, oldest first, for as long as the page is open. */
function useReadings(value: number, readAt: number): readonly number[] {
  const [readings, setReadings] = useState<readonly number[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new reading counts even when its value is the same
  useEffect(() => setReadings((old) => [...old, value].slice(-keptReadings)), [value, readAt]);
  return readings;
}

function LiveCount({ kind, path, label }: { kind: string; path: string; label: string }) {
  const definitions = useDefinitionChoices(kind).data?.items;
  const live = definitions?.filter(({ status }) => status === "live").length;
  const drafts = definitions?.filter(({ status }) => status === "draft").length ?? 0;
  return (
    <Tile
      label={m.live(label)}
      value={live === undefined ? messages.common.none : formatNumber(live)}
      note={<AppLink to={path}>{drafts > 0 ? m.drafts(formatNumber(drafts)) : m.open}</AppLink>}
    />
  );
}
