import { Switch } from "@react-spectrum/s2";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { post } from "../../api/client.ts";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { messages } from "../../messages.data.ts";
import { useGo } from "../../shell/navigation.tsx";
import { Panel } from "../../ui/page.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { muted, row, rowStart } from "../../ui/styles.ts";
import { showDone } from "../../ui/toasts.ts";
import { DraftFields, draftsOf, isNoChoice, noDrafts, WholeField } from "./draft-choice.tsx";
import { isFaultyPeriod, PeriodFields, standardDays } from "./period-fields.tsx";
import type { SimulationRun } from "./shapes.ts";
import { simulationsPath } from "./use-simulations.ts";

const m = messages.simulations;
const mostReplayed = 50_000;

type Props = {
  /** Of the shop. */
  timezone: string;
  /** Another one is under way; one runs at a time. */
  isBusy: boolean;
};

/** The form that starts a replay of past orders or carts. */
export function NewSimulation({ timezone, isBusy }: Props) {
  const [choice, setChoice] = useState(noDrafts);
  const [of, setOf] = useState<"orders" | "carts">("orders");
  const [browsers, setBrowsers] = useState(false);
  const [period, setPeriod] = useState(() => standardDays(timezone));
  const [orders, setOrders] = useState(10_000);
  const [floor, setFloor] = useState(0);
  const go = useGo();
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () =>
      post<SimulationRun>(simulationsPath, {
        ...{ ...draftsOf(choice), ...period.days, orders, marginFloor: floor / 100 },
        // Nearly all carts are told by browsers; the server prices those by the catalog.
        ...(of === "carts" ? { of } : { trusted: !browsers }),
      }),
    onSuccess: async ({ id }) => {
      showDone(m.started);
      await client.invalidateQueries({ queryKey: ["simulations"] });
      go(`/simulations/${id}`);
    },
    // Another one may have begun meanwhile.
    onError: () => client.invalidateQueries({ queryKey: ["simulations"] }),
  });
  const hindrance = isBusy
    ? m.busy
    : isNoChoice(choice)
      ? m.choose
      : isFaultyPeriod(period, timezone)
        ? m.chooseDays
        : null;
  return (
    <Panel title={m.start} description={m.startText}>
      <DraftFields choice={choice} onChange={setChoice} />
      <PeriodFields chosen={period} timezone={timezone} onChange={setPeriod} />
      <div className={rowStart}>
        <ChoiceField
          label={m.of}
          choices={[
            { key: "orders", label: m.ofs.orders, text: m.ofTexts.orders },
            { key: "carts", label: m.ofs.carts, text: m.ofTexts.carts },
          ]}
          value={of}
          onChange={(key) => setOf(key === "carts" ? "carts" : "orders")}
        />
        <WholeField
          label={m.most[of]}
          description={m.mostText}
          value={orders}
          most={mostReplayed}
          onChange={setOrders}
        />
        <WholeField label={m.floor} description={m.floorText} value={floor} least={0} most={100} onChange={setFloor} />
      </div>
      {of === "carts" ? null : (
        <Switch isSelected={browsers} onChange={setBrowsers}>
          {m.browsers}
        </Switch>
      )}
      {start.error ? <ErrorState error={start.error} /> : null}
      <div className={row}>
        <GatedButton
          scope="edit"
          variant="accent"
          isDisabled={hindrance !== null}
          isPending={start.isPending}
          onPress={() => start.mutate()}
        >
          {m.run}
        </GatedButton>
        {hindrance === null ? null : <p className={muted}>{hindrance}</p>}
      </div>
    </Panel>
  );
}
