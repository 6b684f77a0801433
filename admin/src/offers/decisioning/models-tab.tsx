import { Button } from "@react-spectrum/s2";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post } from "../../api/client.ts";
import type { Definition } from "../../api/shapes.ts";
import { formatAgo, formatNumber, formatShare } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { muted } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import type { OfferModel, PolicyBody } from "./shapes.ts";

const m = messages.decisioning.models;
const path = "/v1/offer-models";

/** What the models of a policy have learned, what chance decides, and which version serves. */
export function ModelsTab({ definition }: { readonly definition: Definition<PolicyBody> }) {
  const query = useQuery({
    queryKey: ["offer-models"],
    queryFn: ({ signal }) => get<{ items: readonly OfferModel[] }>(path, {}, { signal }),
  });
  return (
    <Loaded query={query}>
      {({ items }) => {
        const own = items.filter(({ policy }) => policy === definition.key);
        if (own.length === 0) return <p className={muted}>{m.none}</p>;
        return own.map((model) => <ModelPanel key={model.key} model={model} />);
      }}
    </Loaded>
  );
}

function ModelPanel({ model }: { model: OfferModel }) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["offer-models"] });
  const train = useMutation({
    mutationFn: () => post<unknown>(`${path}/train`, { key: model.key }),
    onSuccess: () => {
      showDone(m.trainStarted);
      return refresh();
    },
    onError: showError,
  });
  const promote = useMutation({
    mutationFn: (version: number) => post<unknown>(`${path}/promote`, { key: model.key, version }),
    onSuccess: () => {
      showDone(m.promoted);
      return refresh();
    },
    onError: showError,
  });
  type Version = OfferModel["versions"][number];
  const columns: readonly Column<Version>[] = [
    { key: "version", label: m.version, text: ({ version }) => String(version) },
    { key: "trained", label: m.trainedAt, text: ({ trainedAt }) => formatAgo(trainedAt) },
    { key: "status", label: m.status, text: ({ status }) => status },
    {
      key: "verdict",
      label: m.verdict,
      text: ({ passed, reasons }) => (passed ? m.passed : m.refused(reasons.join(", "))),
    },
    {
      key: "promote",
      label: m.promote,
      text: () => "",
      render: ({ version }) =>
        version === model.version ? (
          m.serving
        ) : (
          <Button size="S" variant="secondary" onPress={() => promote.mutate(version)}>
            {m.promote}
          </Button>
        ),
    },
  ];
  const [latest] = model.versions;
  return (
    <Panel
      title={model.strategy}
      aside={
        <Button variant="secondary" isPending={train.isPending} onPress={() => train.mutate()}>
          {m.train}
        </Button>
      }
    >
      <Facts
        facts={[
          { label: m.goal, value: model.goal },
          { label: m.serving, value: model.version === null ? m.byPriority : String(model.version) },
          { label: m.decisions, value: formatNumber(model.decisions) },
          { label: m.explored, value: formatShare(model.exploredShare) },
          { label: m.lastTraining, value: latest ? formatAgo(latest.trainedAt) : m.never },
        ]}
      />
      {model.versions.length === 0 ? null : (
        <DataTable
          label={m.versions}
          columns={columns}
          rows={model.versions}
          rowKey={({ version }) => String(version)}
        />
      )}
    </Panel>
  );
}
