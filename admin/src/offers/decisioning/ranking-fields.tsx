import { NumberField, Switch, TextArea, TextField } from "@react-spectrum/s2";
import type { Fault } from "../../api/client.ts";
import { DefinitionsField } from "../../definitions/definition-field.tsx";
import { invalidProps } from "../../definitions/kind-page.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { rowStart, stack } from "../../ui/styles.ts";
import { withField } from "../price-rules/with-field.ts";
import type { ModelSettings, Ranking } from "./shapes.ts";

const m = messages.decisioning;
const hoursAtFirst = 24;
const chanceAtFirst = 0.1;

type Props = {
  ranking: Ranking;
  onChange: (ranking: Ranking) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
  path: string;
};

function rankingBy(method: Ranking["method"], former: Ranking): Ranking {
  const model = "model" in former ? former.model : undefined;
  if (method === "priority") return { method };
  if (method === "formula") return { method, formula: "offer.priority", ...(model ? { model } : {}) };
  return { method, model: model ?? {} };
}

/** How the offers of a strategy are put in order. */
export function RankingFields({ ranking, onChange, faults, isReadOnly, path }: Props) {
  return (
    <div className={stack}>
      <OptionField
        label={m.ranking}
        description={m.rankingTexts[ranking.method]}
        value={ranking.method}
        options={m.rankings}
        isReadOnly={isReadOnly}
        onChange={(method) => onChange(rankingBy(method, ranking))}
      />
      {ranking.method === "formula" ? (
        <TextArea
          label={m.formula}
          description={m.formulaText}
          value={ranking.formula}
          isReadOnly={isReadOnly}
          onChange={(formula) => onChange({ ...ranking, formula })}
          {...invalidProps(faults, `${path}/formula`)}
        />
      ) : null}
      {ranking.method === "model" ? (
        <ModelFields
          model={ranking.model}
          onChange={(model) => onChange({ ...ranking, model })}
          faults={faults}
          isReadOnly={isReadOnly}
          path={`${path}/model`}
        />
      ) : null}
    </div>
  );
}

type ModelProps = Omit<Props, "ranking" | "onChange"> & {
  model: ModelSettings;
  onChange: (model: ModelSettings) => void;
};

function ModelFields({ model, onChange, faults, isReadOnly, path }: ModelProps) {
  const { goal = "click", windowHours = hoursAtFirst, personalised = true, audiences = [] } = model;
  const percent = Math.round((model.explorationShare ?? chanceAtFirst) * 1000) / 10;
  return (
    <>
      <div className={rowStart}>
        <TextField
          label={m.goal}
          description={m.goalText}
          value={goal}
          isReadOnly={isReadOnly}
          onChange={(next) => onChange(withField(model, "goal", next || undefined))}
          {...invalidProps(faults, `${path}/goal`)}
        />
        <NumberField
          label={m.windowHours}
          minValue={1}
          maxValue={720}
          value={windowHours}
          isReadOnly={isReadOnly}
          onChange={(hours) =>
            onChange({ ...model, windowHours: Number.isNaN(hours) ? hoursAtFirst : Math.round(hours) })
          }
        />
        <NumberField
          label={m.exploration}
          description={m.explorationText}
          minValue={0}
          maxValue={50}
          value={percent}
          isReadOnly={isReadOnly}
          onChange={(next) =>
            onChange({ ...model, explorationShare: Number.isNaN(next) ? chanceAtFirst : Math.round(next * 10) / 1000 })
          }
        />
      </div>
      <Switch
        isSelected={personalised}
        isDisabled={isReadOnly}
        onChange={(on) => onChange({ ...model, personalised: on })}
      >
        {m.personalised}
      </Switch>
      {personalised ? (
        <DefinitionsField
          kind="audience"
          label={m.modelAudiences}
          values={audiences}
          onChange={(keys) => onChange({ ...model, audiences: keys })}
          faults={faults}
          isReadOnly={isReadOnly}
          path={`${path}/audiences`}
        />
      ) : null}
    </>
  );
}
