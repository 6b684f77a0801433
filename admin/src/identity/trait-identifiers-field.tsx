import { ActionButton, Button, NumberField, Picker, PickerItem, Switch, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { messages } from "../messages.data.ts";
import { muted, rowEnd, stackTight } from "../ui/styles.ts";
import { type TraitIdentifier, traitNormalisations } from "./shapes.ts";

const m = messages.identity.settings;
const label = style({ font: "ui", color: "neutral-subdued", margin: 0 });
const group = style({
  display: "flex",
  flexWrap: "wrap",
  alignItems: "end",
  gap: 12,
  minWidth: 0,
  margin: 0,
  padding: 0,
  borderStyle: "none",
});
const maxTraits = 50;

type Props = { values: readonly TraitIdentifier[]; onChange: (values: readonly TraitIdentifier[]) => void };

/** Traits that identify a person, one row each. */
export function TraitIdentifiersField({ values, onChange }: Props) {
  return (
    <div className={stackTight}>
      <p className={label}>{m.traits}</p>
      <p className={muted}>{m.traitsText}</p>
      {values.map((value, index) => (
        <TraitRow
          key={value.namespace}
          value={value}
          onChange={(next) => onChange(values.with(index, next))}
          onRemove={() => onChange(values.filter((other) => other !== value))}
        />
      ))}
      {values.length < maxTraits ? <AddTrait known={values} onAdd={(added) => onChange([...values, added])} /> : null}
    </div>
  );
}

type RowProps = { value: TraitIdentifier; onChange: (value: TraitIdentifier) => void; onRemove: () => void };

function TraitRow({ value, onChange, onRemove }: RowProps) {
  const { trait, namespace, limit, unique, normalise } = value;
  return (
    <fieldset className={group} aria-label={trait}>
      <p className={muted}>{m.traitAs(trait, namespace)}</p>
      <Picker
        size="S"
        label={m.normalise}
        selectedKey={normalise}
        onSelectionChange={(key) => {
          const chosen = traitNormalisations.find((known) => known === key);
          if (chosen) onChange({ ...value, normalise: chosen });
        }}
      >
        {traitNormalisations.map((each) => (
          <PickerItem key={each} id={each}>
            {m.normalisations[each]}
          </PickerItem>
        ))}
      </Picker>
      <NumberField
        size="S"
        label={m.traitLimit}
        minValue={1}
        maxValue={100}
        value={limit}
        isDisabled={unique}
        onChange={(most) => onChange({ ...value, limit: Number.isNaN(most) ? 5 : Math.round(most) })}
      />
      <Switch size="S" isSelected={unique} onChange={(isUnique) => onChange({ ...value, unique: isUnique })}>
        {m.traitUnique}
      </Switch>
      <ActionButton size="S" aria-label={m.removeTrait(trait)} onPress={onRemove}>
        {m.remove}
      </ActionButton>
    </fieldset>
  );
}

/** `clubNumber` is `club_number`, as the server names namespaces. */
function toNamespace(trait: string): string {
  return trait
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 40);
}

function AddTrait({ known, onAdd }: { known: readonly TraitIdentifier[]; onAdd: (value: TraitIdentifier) => void }) {
  const [typed, setTyped] = useState("");
  const trait = typed.trim();
  const namespace = toNamespace(trait);
  const isKnown = known.some((other) => other.namespace === namespace);
  return (
    <div className={rowEnd}>
      <TextField size="S" label={m.traitKey} maxLength={100} value={typed} onChange={setTyped} />
      <Button
        size="S"
        variant="secondary"
        isDisabled={namespace === "" || isKnown}
        onPress={() => {
          onAdd({ trait, namespace, limit: 5, unique: false, normalise: "trim" });
          setTyped("");
        }}
      >
        {m.addTrait}
      </Button>
    </div>
  );
}
