import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { Loading } from "../../ui/states.tsx";
import { body as bodyText, muted, mutedXs } from "../../ui/styles.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { ConflictList } from "./conflict-list.tsx";
import type { DraftRule } from "./sample-cart.ts";
import type { RuleReach } from "./shapes.ts";
import { TrialProblem } from "./trial-problem.tsx";
import { useRuleReach } from "./use-trials.ts";

const m = messages.priceRules.reach;
const delayMs = 800;

/** Products that the rule reaches and published rules that it meets there, counted a moment after each change. */
export function ReachPanel({ draft }: { draft: DraftRule }) {
  const query = useRuleReach(useDebounced(JSON.stringify({ draft }), delayMs));
  return (
    <Panel title={m.title} description={m.text}>
      {query.error ? (
        <TrialProblem error={query.error} />
      ) : query.data === undefined ? (
        <Loading />
      ) : (
        <Reach reach={query.data} />
      )}
    </Panel>
  );
}

function Reach({ reach }: { reach: RuleReach }) {
  const { reached, looked, examples, conflicts, compared } = reach;
  return (
    <>
      <p className={bodyText} role="status">
        {m.reached(formatNumber(reached), formatNumber(looked))}
        {examples.length > 0 ? ` ${m.examples(examples.join(", "))}` : ""}
      </p>
      {conflicts.length === 0 ? <p className={muted}>{m.noConflicts}</p> : null}
      {compared < reached ? <p className={mutedXs}>{m.compared(formatNumber(compared))}</p> : null}
      <ConflictList conflicts={conflicts} />
    </>
  );
}
