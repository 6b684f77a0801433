import { Slider } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../api/client.ts";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, rowStart, stackTight } from "../ui/styles.ts";
import { FormulaTerms, newTerm } from "./formula-terms.tsx";
import type { RankingSetting } from "./shapes.ts";
import { rankingChoices, startedTerm, TermFields } from "./term-fields.tsx";

const m = messages.merchandising.ranking;
const choiceWidth = style({ width: 280, maxWidth: "full" });
const sliderWidth = style({ width: 320, maxWidth: "full" });
const inherit = "inherit";
const defaultBoost = 5;
/** A boost of 5 lifts the top of a ranking to 1.5 times its score. */
const timesOf = (boost: number) => 1 + (boost / 5) * 0.5;

type Props = {
  ranking: RankingSetting | undefined;
  onChange: (ranking: RankingSetting | undefined) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** By what products are lifted, and how far. */
export function RankingFields({ ranking, onChange, faults, isReadOnly }: Props) {
  const by = ranking?.by ?? inherit;
  const boost = ranking?.boost ?? defaultBoost;
  const choose = (next: string) => onChange(next === inherit ? undefined : started(next, ranking));
  return (
    <Panel title={m.title} description={m.text}>
      <div className={rowStart}>
        <ChoiceField
          label={m.by}
          styles={choiceWidth}
          isReadOnly={isReadOnly}
          choices={rankingChoices}
          value={by}
          onChange={choose}
        />
        {ranking ? (
          <TermFields
            term={ranking}
            faults={faults}
            at="/ranking"
            isReadOnly={isReadOnly}
            onChange={(term) => onChange({ ...ranking, ...term })}
          />
        ) : null}
      </div>
      {ranking?.by === "formula" ? (
        <FormulaTerms
          terms={ranking.terms ?? []}
          faults={faults}
          isReadOnly={isReadOnly}
          onChange={(terms) => onChange({ ...ranking, terms })}
        />
      ) : null}
      {ranking && by !== "none" ? (
        <div className={stackTight}>
          <Slider
            label={m.boost}
            styles={sliderWidth}
            minValue={1}
            maxValue={100}
            isDisabled={isReadOnly}
            value={boost}
            onChange={(next) => onChange({ ...ranking, boost: next })}
          />
          <p className={muted}>{m.boostText(formatNumber(timesOf(boost), 1))}</p>
        </div>
      ) : null}
    </Panel>
  );
}

function started(by: string, before: RankingSetting | undefined): RankingSetting {
  if (by === "none") return { by };
  const boost = before?.boost === undefined ? {} : { boost: before.boost };
  if (by === "formula") return { by, ...boost, terms: [newTerm("most-purchased"), newTerm("trending")] };
  return { ...startedTerm(by), ...boost };
}
