import { ActionButton, Menu, MenuItem, MenuTrigger, Switch } from "@react-spectrum/s2";
import { eventNames } from "../../audiences/rule-builder/event-names.data.ts";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { Panel } from "../../ui/page.tsx";
import { muted, rowStart, stack } from "../../ui/styles.ts";
import { withPart } from "../mapping/mapping-model.ts";
import { EventRuleField } from "./event-rule-field.tsx";
import type { EventFilter } from "./shapes.ts";

const m = messages.connectors.destinations;

type Props = { events: EventFilter; onChange: (events: EventFilter) => void; isReadOnly: boolean };

/** Which events leave. */
export function EventsFields({ events, onChange, isReadOnly }: Props) {
  const names = events.names ?? [];
  // No name at all is no event at all; without the list every event is sent.
  const isOff = events.names?.length === 0;
  const set = (key: "names" | "except", values: readonly string[]) =>
    onChange(withPart(events, key, values.length > 0 ? values : undefined));
  return (
    <Panel
      title={m.events}
      aside={
        <MenuTrigger>
          <ActionButton isDisabled={isReadOnly}>{m.chooseNames}</ActionButton>
          <Menu
            aria-label={m.names}
            selectionMode="multiple"
            selectedKeys={names}
            onSelectionChange={(keys) => {
              const own = names.filter((name) => !eventNames.includes(name));
              const chosen = keys === "all" ? eventNames : eventNames.filter((name) => keys.has(name));
              set("names", [...chosen, ...own]);
            }}
          >
            {eventNames.map((name) => (
              <MenuItem key={name} id={name}>
                {name}
              </MenuItem>
            ))}
          </Menu>
        </MenuTrigger>
      }
    >
      <div className={stack}>
        <Switch
          isSelected={!isOff}
          isDisabled={isReadOnly}
          onChange={(on) => onChange(withPart(events, "names", on ? undefined : []))}
        >
          {m.sendEvents}
        </Switch>
        <div className={rowStart}>
          <ListField
            label={m.names}
            values={names}
            isReadOnly={isReadOnly}
            onChange={(values) => set("names", values)}
          />
          <ListField
            label={m.except}
            values={events.except ?? []}
            isReadOnly={isReadOnly}
            onChange={(values) => set("except", values)}
          />
        </div>
        {names.length === 0 ? <p className={muted}>{isOff ? m.noEvents : m.namesText}</p> : null}
        <Switch
          isSelected={events.rule !== undefined}
          isDisabled={isReadOnly}
          onChange={(on) => onChange(withPart(events, "rule", on ? { all: [] } : undefined))}
        >
          {m.alsoRule}
        </Switch>
        {events.rule === undefined ? null : (
          <EventRuleField
            rule={events.rule}
            isReadOnly={isReadOnly}
            onChange={(rule) => onChange({ ...events, rule })}
          />
        )}
      </div>
    </Panel>
  );
}
