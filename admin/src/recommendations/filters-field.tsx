import { ActionButton, Menu, MenuItem, MenuTrigger, Switch, Text } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Delete from "@react-spectrum/s2/icons/Delete";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../api/client.ts";
import { faultAt } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, panelTitle, plainList, row, rowBetween, stack } from "../ui/styles.ts";
import { FilterFields } from "./filter-fields.tsx";
import { type FilterSide, kindsOf, newFilter, type UnitFilter, type UnitFilters, withSide } from "./filters.ts";

const m = messages.units.filters;
const maxFilters = 50;
const card = style({
  display: "flex",
  flexDirection: "column",
  gap: 12,
  padding: 12,
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "default",
  minWidth: 0,
});
const fault = style({ font: "body-sm", color: "negative", margin: 0 });

type Props = {
  filters: UnitFilters | undefined;
  onChange: (filters: UnitFilters | undefined) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** Which products a unit may show: both sides, each filter with a switch. */
export function FiltersField({ filters, onChange, faults, isReadOnly }: Props) {
  return (
    <Panel title={m.title} description={m.text}>
      {(["inclusions", "exclusions"] as const).map((side) => (
        <Side
          key={side}
          side={side}
          filters={filters?.[side] ?? []}
          faults={faults}
          isReadOnly={isReadOnly}
          onChange={(next) => onChange(withSide(filters, side, next))}
        />
      ))}
    </Panel>
  );
}

type SideProps = {
  side: FilterSide;
  filters: readonly UnitFilter[];
  onChange: (filters: readonly UnitFilter[]) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

function Side({ side, filters, onChange, faults, isReadOnly }: SideProps) {
  const texts = m.sides[side];
  return (
    <section className={stack} aria-label={texts.title}>
      <h3 className={panelTitle}>{texts.title}</h3>
      {filters.length === 0 ? <p className={muted}>{texts.none}</p> : null}
      <ul className={plainList}>
        {filters.map((filter, at) => (
          <FilterCard
            // Filters have no name of their own; their fields hold no state that could get lost with another place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={at}
            filter={filter}
            fault={faultAt(faults, `/filters/${side}/${at}`)?.message}
            isReadOnly={isReadOnly}
            onChange={(next) => onChange(filters.map((old, index) => (index === at ? next : old)))}
            onRemove={() => onChange(filters.filter((_, index) => index !== at))}
          />
        ))}
      </ul>
      {isReadOnly || filters.length >= maxFilters ? null : (
        <AddFilter side={side} onAdd={(filter) => onChange([...filters, filter])} />
      )}
    </section>
  );
}

type CardProps = {
  filter: UnitFilter;
  fault: string | undefined;
  onChange: (filter: UnitFilter) => void;
  onRemove: () => void;
  isReadOnly: boolean;
};

function FilterCard({ filter, fault: wrong, onChange, onRemove, isReadOnly }: CardProps) {
  const { label } = m.kinds[filter.by];
  return (
    <li className={card}>
      <div className={rowBetween}>
        <Switch
          aria-label={m.isEnabled(label)}
          isSelected={filter.isEnabled !== false}
          isDisabled={isReadOnly}
          onChange={(isEnabled) => onChange({ ...filter, isEnabled })}
        >
          {label}
        </Switch>
        {isReadOnly ? null : (
          <ActionButton isQuiet size="S" aria-label={m.remove(label)} onPress={onRemove}>
            <Delete />
          </ActionButton>
        )}
      </div>
      <FilterFields filter={filter} onChange={onChange} isReadOnly={isReadOnly} />
      {wrong === undefined ? null : (
        <p className={fault} role="alert">
          {wrong}
        </p>
      )}
    </li>
  );
}

function AddFilter({ side, onAdd }: { side: FilterSide; onAdd: (filter: UnitFilter) => void }) {
  const texts = m.sides[side];
  return (
    <div className={row}>
      <MenuTrigger>
        <ActionButton size="S">
          <Add />
          <Text>{texts.add}</Text>
        </ActionButton>
        <Menu
          aria-label={texts.add}
          onAction={(key) => {
            const by = kindsOf(side).find((kind) => kind === key);
            if (by) onAdd(newFilter(by));
          }}
        >
          {kindsOf(side).map((kind) => (
            <MenuItem key={kind} id={kind} textValue={m.kinds[kind].label}>
              <Text slot="label">{m.kinds[kind].label}</Text>
              <Text slot="description">{m.kinds[kind].text}</Text>
            </MenuItem>
          ))}
        </Menu>
      </MenuTrigger>
    </div>
  );
}
