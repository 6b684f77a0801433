import { Button } from "@react-spectrum/s2";
import { useMutation } from "@tanstack/react-query";
import { post } from "../../api/client.ts";
import { PreviewAs } from "../../decisions/preview-as.tsx";
import type { SideProps } from "../../definitions/kind-page.ts";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Bars } from "../../ui/bars.tsx";
import { Panel } from "../../ui/page.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { muted, stack, strong } from "../../ui/styles.ts";
import type { PolicyBody, PolicySimulation } from "./shapes.ts";
import { usePlaceNames } from "./use-place-names.ts";

const m = messages.decisioning;

/** What a customer gets, with the trace; and what many customers would get. */
export function PolicySide({ body, definition }: SideProps<PolicyBody>) {
  const places = usePlaceNames(body.placements);
  return (
    <>
      <Panel title={m.preview} description={m.previewText}>
        <PreviewAs placements={[...new Set(places)]} />
      </Panel>
      <Panel title={m.sample} description={m.sampleText}>
        {definition?.liveVersion ? <Sample policy={definition.key} /> : <p className={muted}>{m.notPublished}</p>}
      </Panel>
    </>
  );
}

function Sample({ policy }: { policy: string }) {
  const run = useMutation({
    mutationFn: () => post<PolicySimulation>(`/v1/offer-policies/${encodeURIComponent(policy)}/simulate`, {}),
  });
  const result = run.data;
  const removed = Object.entries(result?.removedBy ?? {}).sort((a, b) => b[1] - a[1]);
  return (
    <div className={stack}>
      <div>
        <Button variant="secondary" isPending={run.isPending} onPress={() => run.mutate()}>
          {m.trySample}
        </Button>
      </div>
      {run.error ? <ErrorState error={run.error} /> : null}
      {result ? (
        <>
          <Bars
            longest={Math.max(result.profiles, 1)}
            bars={result.offers.map(({ name, shown, first }) => ({
              label: name,
              value: shown,
              text: m.shownCount(formatNumber(shown), formatNumber(first)),
            }))}
          />
          <p className={muted} role="status">
            {m.leftovers(formatNumber(result.fallback), formatNumber(result.other), formatNumber(result.empty))}
          </p>
          {removed.length === 0 ? null : (
            <>
              <h3 className={strong}>{m.removedBy}</h3>
              <Bars bars={removed.map(([label, value]) => ({ label, value, text: formatNumber(value) }))} />
            </>
          )}
        </>
      ) : null}
    </div>
  );
}
