import { ChoiceField } from "../../connectors/choice-field.tsx";
import { messages } from "../../messages.data.ts";
import { useUrlState } from "../../shell/navigation.tsx";
import { instantsOf, periodKeys, readPeriod } from "../../ui/period.ts";
import { PeriodField } from "../../ui/period-field.tsx";
import { Loaded } from "../../ui/states.tsx";
import { muted, rowStart, stackWide } from "../../ui/styles.ts";
import { useCouponUses } from "./use-pools.ts";
import { UsesTable } from "./uses-table.tsx";

const m = messages.coupons.report;

function choice<K extends string>(keys: Readonly<Record<K, unknown>>, given: string | undefined, standard: K): K {
  // The keys of the object are its only ones.
  return (Object.keys(keys) as K[]).find((key) => key === given) ?? standard;
}

/** Uses of all rules, or of one; what is chosen is in the address. */
export function UsesReport({ ruleKey }: { ruleKey?: string }) {
  const [url, change] = useUrlState();
  const period = readPeriod(url, "30d");
  const groupBy = choice(m.groups, url["by"], "rule");
  const step = choice(m.stepChoices, url["step"], "all");
  const query = useCouponUses({ period, step, groupBy, ruleKey });
  const toChoices = (texts: Readonly<Record<string, { readonly label: string }>>) =>
    Object.entries(texts).map(([key, { label }]) => ({ key, label }));
  return (
    <div className={stackWide}>
      <div className={rowStart}>
        <PeriodField period={period} keys={periodKeys} onChange={change} />
        <ChoiceField
          label={m.groupBy}
          value={groupBy}
          choices={toChoices(m.groups)}
          onChange={(by) => change({ by })}
        />
        <ChoiceField
          label={m.steps}
          value={step}
          choices={toChoices(m.stepChoices)}
          onChange={(next) => change({ step: next })}
        />
      </div>
      {instantsOf(period, Date.now()) === null ? (
        <p className={muted}>{messages.periods.choose}</p>
      ) : (
        <Loaded query={query}>{(items) => <UsesTable items={items} step={step} groupBy={groupBy} />}</Loaded>
      )}
    </div>
  );
}
