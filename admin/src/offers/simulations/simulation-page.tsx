import { Button, ProgressBar } from "@react-spectrum/s2";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { get, post } from "../../api/client.ts";
import { formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Page } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { body, muted } from "../../ui/styles.ts";
import { showError } from "../../ui/toasts.ts";
import type { Simulation } from "./shapes.ts";
import { SimulationReport } from "./simulation-report.tsx";

const m = messages.simulations;
const pollMs = 1_000;

/** One simulation: how far it is, and what it found. */
export function SimulationPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const path = `/v1/offers/simulations/${encodeURIComponent(id)}`;
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["simulations", id],
    queryFn: ({ signal }) => get<Simulation>(path, {}, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === "running" ? pollMs : false),
  });
  const cancel = useMutation({
    mutationFn: () => post<unknown>(`${path}/cancel`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["simulations"] }),
    onError: showError,
  });
  const isRunning = query.data?.status === "running";
  return (
    <Page
      title={m.one}
      description={query.data ? formatInstant(query.data.createdAt) : undefined}
      parent={{ label: m.title, to: "/simulations" }}
      actions={
        isRunning ? (
          <Button variant="secondary" isPending={cancel.isPending} onPress={() => cancel.mutate()}>
            {m.cancel}
          </Button>
        ) : null
      }
    >
      <Loaded query={query}>{(simulation) => <State simulation={simulation} />}</Loaded>
    </Page>
  );
}

function State({ simulation }: { simulation: Simulation }) {
  const { status, done, total, error, result } = simulation;
  if (status === "running")
    return (
      <ProgressBar
        label={m.progress}
        value={total === 0 ? 0 : (done / total) * 100}
        valueLabel={m.of(formatNumber(done), formatNumber(total))}
      />
    );
  if (status === "failed") return <p className={body}>{m.failed(error ?? "")}</p>;
  if (!result) return <p className={muted}>{m.statuses[status]}</p>;
  return <SimulationReport report={result} />;
}
