import { Button, NumberField, Switch } from "@react-spectrum/s2";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { get, post } from "../../api/client.ts";
import type { Page as ListPage } from "../../api/shapes.ts";
import { DefinitionsField } from "../../definitions/definition-field.tsx";
import { formatAgo, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink, useGo } from "../../shell/navigation.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { muted, rowEnd } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import type { SimulationRun } from "./shapes.ts";

const m = messages.simulations;
const path = "/v1/offers/simulations";
const pollMs = 2_000;

const columns: readonly Column<SimulationRun>[] = [
  {
    key: "when",
    label: m.when,
    text: ({ createdAt }) => formatAgo(createdAt),
    render: ({ id, createdAt }) => <AppLink to={`/simulations/${id}`}>{formatAgo(createdAt)}</AppLink>,
  },
  { key: "status", label: m.status, text: ({ status }) => m.statuses[status] },
  { key: "progress", label: m.progress, text: ({ done, total }) => m.of(formatNumber(done), formatNumber(total)) },
  { key: "by", label: m.by, text: ({ createdBy }) => createdBy },
];

/** Starts simulations and lists those that were made. */
export function SimulationsPage() {
  const query = useQuery({
    queryKey: ["simulations"],
    queryFn: ({ signal }) => get<ListPage<SimulationRun>>(path, { limit: 50 }, { signal }),
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === "running") ? pollMs : false),
  });
  return (
    <Page title={m.title} description={m.description}>
      <NewSimulation />
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={m.emptyTitle} text={m.emptyText} />
          ) : (
            <DataTable label={m.title} columns={columns} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
    </Page>
  );
}

function NewSimulation() {
  const [rules, setRules] = useState<readonly string[]>([]);
  const [without, setWithout] = useState<readonly string[]>([]);
  const [drafts, setDrafts] = useState(false);
  const [carts, setCarts] = useState(false);
  const [browsers, setBrowsers] = useState(false);
  const [days, setDays] = useState(30);
  const [orders, setOrders] = useState(10_000);
  const [floor, setFloor] = useState(0);
  const go = useGo();
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () =>
      post<SimulationRun>(path, {
        ...{ drafts, days, orders, marginFloor: floor / 100 },
        // Nearly all carts are told by browsers; the server prices those by the catalog.
        ...(carts ? { of: "carts" } : { trusted: !browsers }),
        changes: [
          ...without.map((key) => ({ key, remove: true })),
          ...rules.filter((key) => !without.includes(key)).map((key) => ({ key })),
        ],
      }),
    onSuccess: async ({ id }) => {
      showDone(m.started);
      await client.invalidateQueries({ queryKey: ["simulations"] });
      go(`/simulations/${id}`);
    },
    onError: showError,
  });
  const isEmpty = !drafts && rules.length === 0 && without.length === 0;
  const shared = { kind: "cart-price-rule", faults: [], isReadOnly: false, path: "" } as const;
  return (
    <Panel title={m.start} description={m.startText}>
      <div className={rowEnd}>
        <DefinitionsField label={m.rules} values={rules} onChange={setRules} {...shared} />
        <DefinitionsField label={m.without} values={without} onChange={setWithout} {...shared} />
        <Whole label={m.days} value={days} most={366} onChange={setDays} />
        <Whole label={m.orders} value={orders} most={50_000} onChange={setOrders} />
        <Whole label={m.floor} value={floor} least={0} most={100} onChange={setFloor} />
      </div>
      <div className={rowEnd}>
        <Switch isSelected={drafts} onChange={setDrafts}>
          {m.allDrafts}
        </Switch>
        <Switch isSelected={carts} onChange={setCarts}>
          {m.carts}
        </Switch>
        <Switch isSelected={browsers} isDisabled={carts} onChange={setBrowsers}>
          {m.browsers}
        </Switch>
        <Button variant="accent" isDisabled={isEmpty} isPending={start.isPending} onPress={() => start.mutate()}>
          {m.run}
        </Button>
      </div>
      {isEmpty ? <p className={muted}>{m.choose}</p> : null}
    </Panel>
  );
}

type WholeProps = { label: string; value: number; least?: number; most: number; onChange: (value: number) => void };

function Whole({ label, value, least = 1, most, onChange }: WholeProps) {
  return (
    <NumberField
      label={label}
      minValue={least}
      maxValue={most}
      value={value}
      onChange={(next) => onChange(Number.isNaN(next) ? least : Math.round(next))}
    />
  );
}
