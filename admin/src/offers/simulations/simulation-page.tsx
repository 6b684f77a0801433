import { Content, Heading, InlineAlert } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { formatInstant, formatNumber, formatShare } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { type Fact, Facts } from "../../ui/facts.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { stackWide } from "../../ui/styles.ts";
import { CancelSimulation, SimulationProgress } from "./running-simulation.tsx";
import { changesText, periodText } from "./settings-text.ts";
import { replayedOf, type Simulation } from "./shapes.ts";
import { SimulationReport } from "./simulation-report.tsx";
import { useSimulation } from "./use-simulations.ts";

const m = messages.simulations;
const textsOf = { orders: m, carts: { ...m, ...m.cartReport } } as const;

/** One simulation: how far it is, and what it found. */
export function SimulationPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const query = useSimulation(id);
  return (
    <Page
      title={m.one}
      description={query.data ? formatInstant(query.data.createdAt) : undefined}
      parent={{ label: m.title, to: "/simulations" }}
      actions={query.data?.status === "running" ? <CancelSimulation id={id} /> : null}
    >
      <Loaded query={query}>
        {(simulation) => (
          <div className={stackWide}>
            <Panel title={m.asked}>
              <Facts facts={factsOf(simulation)} />
            </Panel>
            <State simulation={simulation} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function factsOf(simulation: Simulation): readonly Fact[] {
  const { settings, createdBy } = simulation;
  const of = replayedOf(simulation);
  const { marginFloor = 0, orders = 10_000 } = settings;
  return [
    { label: m.tried, value: changesText(settings) },
    { label: m.of, value: m.ofs[of] },
    { label: m.period, value: periodText(settings) },
    { label: m.most[of], value: formatNumber(orders) },
    ...(marginFloor > 0 ? [{ label: m.floor, value: formatShare(marginFloor) }] : []),
    { label: m.by, value: createdBy },
  ];
}

function State({ simulation }: { simulation: Simulation }) {
  const { status, error, result } = simulation;
  if (status === "running") return <SimulationProgress run={simulation} />;
  if (status === "failed")
    return (
      <InlineAlert variant="negative">
        <Heading level={2}>{m.failedTitle}</Heading>
        <Content>{m.failed(error ?? "")}</Content>
      </InlineAlert>
    );
  if (!result) return <EmptyState title={m.cancelledTitle} text={m.cancelledText} />;
  return <SimulationReport report={result} texts={textsOf[replayedOf(simulation)]} />;
}
