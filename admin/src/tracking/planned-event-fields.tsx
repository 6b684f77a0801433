import {
  ActionButton,
  Button,
  Checkbox,
  Disclosure,
  DisclosurePanel,
  DisclosureTitle,
  Picker,
  PickerItem,
  TextField,
} from "@react-spectrum/s2";
import { useState } from "react";
import type { Fault } from "../api/client.ts";
import { faultAt } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { muted, rowEnd, stackTight } from "../ui/styles.ts";
import type { PlannedEvent } from "./plan-kind.tsx";
import {
  type Property,
  type PropertyType,
  propertiesOf,
  propertyTypes,
  withoutProperty,
  withProperty,
} from "./property-schema.ts";

const m = messages.tracking;

type Props = {
  readonly name: string;
  readonly event: PlannedEvent;
  readonly faults: readonly Fault[];
  readonly isReadOnly: boolean;
  readonly onChange: (event: PlannedEvent) => void;
  readonly onRemove: () => void;
};

function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** One planned event: its properties as rows; the schema behind them keeps what rows cannot show. */
export function PlannedEventFields({ name, event, faults, isReadOnly, onChange, onRemove }: Props) {
  const properties = propertiesOf(event.schema);
  const fault = faultAt(faults, `/events/${escapePointer(name)}`);
  const change = (property: string, next: Omit<Property, "hasMore">) =>
    onChange({ ...event, schema: withProperty(event.schema, property, next) });
  return (
    <Disclosure isQuiet defaultExpanded={properties.length === 0 || fault !== undefined}>
      <DisclosureTitle>{properties.length === 0 ? name : `${name} (${properties.length})`}</DisclosureTitle>
      <DisclosurePanel>
        <div className={stackTight}>
          {fault ? <p role="alert">{fault.message}</p> : null}
          {event.description ? <p className={muted}>{event.description}</p> : null}
          {properties.map((property) => (
            <PropertyRow
              key={property.name}
              property={property}
              isReadOnly={isReadOnly}
              onChange={(next) => change(property.name, next)}
              onRemove={() =>
                event.schema && onChange({ ...event, schema: withoutProperty(event.schema, property.name) })
              }
            />
          ))}
          {isReadOnly ? null : (
            <div className={rowEnd}>
              <AddProperty
                known={new Set(properties.map((property) => property.name))}
                onAdd={(added) => change(added, { name: added, type: "string", isRequired: false })}
              />
              <ActionButton size="S" onPress={onRemove}>
                {m.removeEvent(name)}
              </ActionButton>
            </div>
          )}
        </div>
      </DisclosurePanel>
    </Disclosure>
  );
}

type RowProps = {
  readonly property: Property;
  readonly isReadOnly: boolean;
  readonly onChange: (next: Omit<Property, "hasMore">) => void;
  readonly onRemove: () => void;
};

function PropertyRow({ property, isReadOnly, onChange, onRemove }: RowProps) {
  const { name, type, isRequired } = property;
  const choose = (key: unknown) =>
    onChange({ name, type: propertyTypes.find((known: PropertyType) => known === key) ?? "any", isRequired });
  return (
    <div className={stackTight}>
      <div className={rowEnd}>
        <TextField label={m.property} value={name} isReadOnly size="S" />
        <Picker label={m.type} size="S" isDisabled={isReadOnly} selectedKey={type} onSelectionChange={choose}>
          {propertyTypes.map((known) => (
            <PickerItem key={known} id={known}>
              {m.types[known]}
            </PickerItem>
          ))}
        </Picker>
        <Checkbox
          size="S"
          isSelected={isRequired}
          isDisabled={isReadOnly}
          onChange={(required) => onChange({ name, type, isRequired: required })}
        >
          {m.isRequired}
        </Checkbox>
        {isReadOnly ? null : (
          <ActionButton size="S" aria-label={m.removeProperty(name)} onPress={onRemove}>
            ×
          </ActionButton>
        )}
      </div>
      {property.hasMore ? <p className={muted}>{m.more}</p> : null}
    </div>
  );
}

function AddProperty({ known, onAdd }: { known: ReadonlySet<string>; onAdd: (name: string) => void }) {
  const [name, setName] = useState("");
  return (
    <>
      <TextField label={m.property} size="S" value={name} onChange={setName} />
      <Button
        variant="secondary"
        size="S"
        isDisabled={name.trim() === "" || known.has(name.trim())}
        onPress={() => {
          onAdd(name.trim());
          setName("");
        }}
      >
        {m.addProperty}
      </Button>
    </>
  );
}
