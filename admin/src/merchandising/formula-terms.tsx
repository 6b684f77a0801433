import { ActionButton, Button, NumberField, Text } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../api/client.ts";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { plainList, row, rowEnd, stackTight } from "../ui/styles.ts";
import type { WeightedTerm } from "./shapes.ts";
import { rankingChoices, startedTerm, TermFields } from "./term-fields.tsx";

const m = messages.merchandising.ranking;
const maxTerms = 5;
const choices = rankingChoices.filter(({ key }) => key !== "inherit" && key !== "none" && key !== "formula");
const weightWidth = style({ width: 104 });

export function newTerm(by: string): WeightedTerm {
  return { ...startedTerm(by), weight: 1 };
}

type Props = {
  terms: readonly WeightedTerm[];
  onChange: (terms: readonly WeightedTerm[]) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** The rankings that a mix is made of, each with its weight. */
export function FormulaTerms({ terms, onChange, faults, isReadOnly }: Props) {
  const replace = (index: number, next: WeightedTerm | null) =>
    onChange(terms.flatMap((term, at) => (at !== index ? [term] : next ? [next] : [])));
  return (
    <div className={stackTight}>
      <ul className={plainList} aria-label={m.terms}>
        {terms.map((term, index) => (
          // Two parts may be alike; their place is what they are known by.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index} className={rowEnd}>
            <ChoiceField
              label={m.term(index + 1)}
              isReadOnly={isReadOnly}
              choices={choices}
              value={term.by}
              onChange={(by) => replace(index, { ...startedTerm(by), weight: term.weight })}
            />
            <NumberField
              label={m.weight}
              styles={weightWidth}
              minValue={0.01}
              maxValue={100}
              step={0.01}
              value={term.weight}
              isReadOnly={isReadOnly}
              onChange={(weight) => replace(index, { ...term, weight: Number.isNaN(weight) ? 1 : weight })}
              {...invalidProps(faults, `/ranking/terms/${index}/weight`)}
            />
            <TermFields
              term={term}
              at={`/ranking/terms/${index}`}
              faults={faults}
              isReadOnly={isReadOnly}
              onChange={(next) => replace(index, { ...next, weight: term.weight })}
            />
            {isReadOnly || terms.length === 1 ? null : (
              <ActionButton isQuiet aria-label={m.removeTerm(index + 1)} onPress={() => replace(index, null)}>
                <Close />
              </ActionButton>
            )}
          </li>
        ))}
      </ul>
      {isReadOnly ? null : (
        <div className={row}>
          <Button
            variant="secondary"
            size="S"
            isDisabled={terms.length >= maxTerms}
            onPress={() => onChange([...terms, newTerm("most-viewed")])}
          >
            <Add />
            <Text>{m.addTerm}</Text>
          </Button>
        </div>
      )}
    </div>
  );
}
