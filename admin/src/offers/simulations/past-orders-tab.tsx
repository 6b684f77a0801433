import { Button, Switch } from "@react-spectrum/s2";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { get, post } from "../../api/client.ts";
import type { Page as ListPage } from "../../api/shapes.ts";
import { formatAgo, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink, useGo } from "../../shell/navigation.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/page.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { muted, rowEnd, stackWide } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { AllDraftsSwitch, DraftFields, draftsOf, isNoChoice, noDrafts, WholeField } from "./draft-choice.tsx";
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

/** Starts replays of past orders and carts, and lists those that were made. */
export function PastOrdersTab() {
  const query = useQuery({
    queryKey: ["simulations"],
    queryFn: ({ signal }) => get<ListPage<SimulationRun>>(path, { limit: 50 }, { signal }),
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === "running") ? pollMs : false),
  });
  return (
    <div className={stackWide}>
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
    </div>
  );
}

function NewSimulation() {
  const [choice, setChoice] = useState(noDrafts);
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
        ...{ ...draftsOf(choice), days, orders, marginFloor: floor / 100 },
        // Nearly all carts are told by browsers; the server prices those by the catalog.
        ...(carts ? { of: "carts" } : { trusted: !browsers }),
      }),
    onSuccess: async ({ id }) => {
      showDone(m.started);
      await client.invalidateQueries({ queryKey: ["simulations"] });
      go(`/simulations/${id}`);
    },
    onError: showError,
  });
  const isEmpty = isNoChoice(choice);
  return (
    <Panel title={m.start} description={m.startText}>
      <div className={rowEnd}>
        <DraftFields choice={choice} onChange={setChoice} />
        <WholeField label={m.days} value={days} most={366} onChange={setDays} />
        <WholeField label={m.orders} value={orders} most={50_000} onChange={setOrders} />
        <WholeField label={m.floor} value={floor} least={0} most={100} onChange={setFloor} />
      </div>
      <div className={rowEnd}>
        <AllDraftsSwitch choice={choice} onChange={setChoice} />
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
