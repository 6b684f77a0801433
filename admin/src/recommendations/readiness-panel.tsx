import { ActionButton } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Definition } from "../api/shapes.ts";
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Bars } from "../ui/bars.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { body, muted, stack, stackTight, strong } from "../ui/styles.ts";
import type { Readiness } from "./shapes.ts";
import type { UnitBody } from "./unit-kind.tsx";
import { useReadiness } from "./use-units.ts";

const m = messages.units.readiness;
const list = style({ margin: 0, paddingStart: 20, font: "body-sm", color: "body" });
/** From 75 on others rarely fill in, below 50 often. */
const high = 75;
const middle = 50;

/** The readiness of a live unit, or of the strategy of one that is not. */
export function ReadinessTab({ definition }: { definition: Definition<UnitBody> }) {
  const isLive = definition.status === "live";
  return (
    <ReadinessPanel name={isLive ? definition.id : definition.body.strategy} text={isLive ? m.unitText : m.notLive} />
  );
}

export function ReadinessPanel({ name, text }: { name: string; text: string }) {
  const query = useReadiness(name);
  return (
    <Panel
      title={m.title}
      description={text}
      aside={
        <ActionButton size="S" isQuiet isPending={query.isFetching} onPress={() => void query.refetch()}>
          {m.again}
        </ActionButton>
      }
    >
      <Loaded query={query}>{(readiness) => <Figures readiness={readiness} />}</Loaded>
    </Panel>
  );
}

function Figures({ readiness }: { readiness: Readiness }) {
  const { percent, coverage, variety, asked, missing } = readiness;
  return (
    <div className={stack}>
      {percent === null ? (
        <p className={body}>{m.percentLabels.none}</p>
      ) : (
        <>
          <p className={body}>{labelOf(percent)}</p>
          <Bars
            longest={1}
            bars={[
              { label: m.percent, value: percent / 100, text: formatShare(percent / 100) },
              { label: m.coverage, value: coverage, text: formatShare(coverage) },
              { label: m.variety, value: variety, text: formatShare(variety) },
            ]}
          />
          <p className={muted}>{m.partsText}</p>
          <p className={muted}>{m.asked(formatNumber(asked))}</p>
        </>
      )}
      <div className={stackTight}>
        <h3 className={strong}>{m.missing}</h3>
        {missing.length === 0 ? (
          <p className={body}>{m.nothingMissing}</p>
        ) : (
          <ul className={list}>
            {missing.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function labelOf(percent: number): string {
  const { percentLabels } = m;
  return percent >= high ? percentLabels.high : percent >= middle ? percentLabels.middle : percentLabels.low;
}
