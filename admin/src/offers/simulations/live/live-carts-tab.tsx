import { Switch, TextField } from "@react-spectrum/s2";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { GatedButton } from "../../../access/gated-button.tsx";
import { get, post } from "../../../api/client.ts";
import type { Page as ListPage } from "../../../api/shapes.ts";
import { formatInstant, formatNumber } from "../../../format.ts";
import { messages } from "../../../messages.data.ts";
import { AppLink, useGo } from "../../../shell/navigation.tsx";
import { type Column, DataTable } from "../../../ui/data-table.tsx";
import { Panel } from "../../../ui/page.tsx";
import { EmptyState, ErrorState, Loaded } from "../../../ui/states.tsx";
import { muted, row, rowStart, stackWide } from "../../../ui/styles.ts";
import { showDone } from "../../../ui/toasts.ts";
import { DraftFields, draftsOf, isNoChoice, noDrafts, WholeField } from "../draft-choice.tsx";
import type { ShadowRun } from "./shapes.ts";

const m = messages.liveCarts;
const simulation = messages.simulations;
const path = "/v1/offers/shadow-runs";
const pollMs = 5_000;
const dayMs = 86_400_000;
/** The clock here may be ahead of the server's, which refuses more than 60 days. */
const slackMs = 600_000;

const columns: readonly Column<ShadowRun>[] = [
  {
    key: "name",
    label: m.name,
    text: ({ name }) => name,
    render: ({ id, name }) => <AppLink to={`/simulations/live/${id}`}>{name}</AppLink>,
  },
  { key: "status", label: m.status, text: ({ status }) => m.statuses[status] },
  {
    key: "judged",
    label: m.judged,
    align: "end",
    text: ({ coverage }) => m.of(formatNumber(coverage.judged), formatNumber(coverage.seen)),
  },
  { key: "ends", label: m.ends, text: ({ endsAt }) => formatInstant(endsAt) },
  { key: "by", label: m.by, text: ({ createdBy }) => createdBy },
];

/** Starts drafts on live carts, and lists those that run or ran. */
export function LiveCartsTab() {
  const query = useQuery({
    queryKey: ["shadow-runs"],
    queryFn: ({ signal }) => get<ListPage<ShadowRun>>(path, { limit: 100 }, { signal }),
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === "running") ? pollMs : false),
  });
  return (
    <div className={stackWide}>
      <NewRun />
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={m.emptyTitle} text={m.emptyText} />
          ) : (
            <DataTable label={m.runs} columns={columns} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
    </div>
  );
}

function NewRun() {
  const [name, setName] = useState("");
  const [choice, setChoice] = useState(noDrafts);
  const [days, setDays] = useState(14);
  const [floor, setFloor] = useState(0);
  const [browsers, setBrowsers] = useState(false);
  const go = useGo();
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () =>
      post<ShadowRun>(path, {
        ...{ name: name.trim(), ...draftsOf(choice), marginFloor: floor / 100, trusted: !browsers },
        endsAt: new Date(Date.now() + days * dayMs - slackMs).toISOString(),
      }),
    onSuccess: async ({ id }) => {
      showDone(m.started);
      await client.invalidateQueries({ queryKey: ["shadow-runs"] });
      go(`/simulations/live/${id}`);
    },
  });
  const isNameless = name.trim() === "";
  const isEmpty = isNoChoice(choice);
  return (
    <Panel title={m.start} description={m.startText}>
      <DraftFields choice={choice} onChange={setChoice} />
      <div className={rowStart}>
        <TextField label={m.name} maxLength={200} value={name} onChange={setName} />
        <WholeField label={m.days} value={days} most={60} onChange={setDays} />
        <WholeField
          label={simulation.floor}
          description={simulation.floorText}
          value={floor}
          least={0}
          most={100}
          onChange={setFloor}
        />
      </div>
      <Switch isSelected={browsers} onChange={setBrowsers}>
        {m.browsers}
      </Switch>
      {start.error ? <ErrorState error={start.error} /> : null}
      <div className={row}>
        <GatedButton
          scope="edit"
          variant="accent"
          isDisabled={isEmpty || isNameless}
          isPending={start.isPending}
          onPress={() => start.mutate()}
        >
          {simulation.run}
        </GatedButton>
        {isEmpty ? (
          <p className={muted}>{simulation.choose}</p>
        ) : isNameless ? (
          <p className={muted}>{m.nameNeeded}</p>
        ) : null}
      </div>
    </Panel>
  );
}
