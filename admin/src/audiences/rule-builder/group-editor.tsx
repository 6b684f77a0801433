import { ActionButton, Menu, MenuItem, MenuTrigger, Picker, PickerItem, Text } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { muted, row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { ConditionEditor } from "./condition-editor.tsx";
import { addChild, moveChild, replaceChild } from "./edit-tree.ts";
import {
  type ConditionNode,
  emptyGroup,
  type GroupMode,
  type GroupNode,
  newAttribute,
  newAudience,
  newEvent,
  newItems,
} from "./rule-model.ts";

const m = messages.rules;
const maxDepth = 10;

const frame = style({
  display: "flex",
  flexDirection: "column",
  gap: 12,
  minWidth: 0,
  borderWidth: 0,
  borderStyle: "solid",
  borderStartWidth: 2,
  borderColor: { mode: { all: "blue-800", any: "orange-800", none: "red-800" } },
  paddingStart: 12,
  margin: 0,
  paddingY: 4,
  paddingEnd: 0,
});
const modeWidth = style({ width: 200 });
const list = style({ listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: 8 });

type Props = {
  group: GroupNode;
  subjects: readonly string[];
  depth: number;
  onChange: (group: GroupNode) => void;
};

/** A group: how its conditions join, the conditions, and what can be added. */
export function GroupEditor({ group, subjects, depth, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  return (
    <fieldset className={frame({ mode: group.mode })} aria-label={m.group(m.modes[group.mode])}>
      <div className={row}>
        <Picker
          aria-label={m.mode}
          size="S"
          styles={modeWidth}
          isDisabled={isReadOnly}
          selectedKey={group.mode}
          onSelectionChange={(mode) => onChange({ ...group, mode: String(mode) as GroupMode })}
        >
          {(["all", "any", "none"] as const).map((mode) => (
            <PickerItem key={mode} id={mode}>
              {m.modes[mode]}
            </PickerItem>
          ))}
        </Picker>
      </div>
      {group.children.length === 0 ? <p className={muted}>{emptyText(group, depth, subjects)}</p> : null}
      <ul className={list}>
        {group.children.map((child, index) => (
          <li key={child.id}>
            <ConditionEditor
              node={child}
              subjects={subjects}
              depth={depth + 1}
              isFirst={index === 0}
              isLast={index === group.children.length - 1}
              onChange={(next) => onChange(replaceChild(group, child.id, next))}
              onMove={(step) => onChange(moveChild(group, child.id, step))}
            />
          </li>
        ))}
      </ul>
      {isReadOnly ? null : (
        <AddMenu subjects={subjects} depth={depth} onAdd={(child) => onChange(addChild(group, child))} />
      )}
    </fieldset>
  );
}

function emptyText(group: GroupNode, depth: number, subjects: readonly string[]): string {
  const isAboutPeople = subjects.includes("profile");
  if (group.mode === "none" && isAboutPeople) return m.nobody;
  return depth === 0 && isAboutPeople ? m.everyone : m.emptyGroup;
}

type AddProps = { subjects: readonly string[]; depth: number; onAdd: (node: ConditionNode) => void };

/** What may be added depends on where the group stands: inside an event, only what is known of that event. */
function AddMenu({ subjects, depth, onAdd }: AddProps) {
  const isTop = subjects.includes("profile");
  const isInEvent = subjects.includes("event");
  const make: Readonly<Record<string, () => ConditionNode>> = {
    attribute: () => newAttribute("", "eq"),
    event: newEvent,
    items: () => newItems(isInEvent ? "event" : "cart"),
    audience: newAudience,
    group: () => emptyGroup("any"),
  };
  const kinds = [
    { id: "attribute", isShown: true },
    { id: "event", isShown: isTop },
    { id: "items", isShown: isTop || isInEvent },
    { id: "audience", isShown: isTop },
    { id: "group", isShown: depth < maxDepth },
  ].filter((kind) => kind.isShown);
  return (
    <div className={row}>
      <MenuTrigger>
        <ActionButton size="S">
          <Add />
          <Text>{m.add}</Text>
        </ActionButton>
        <Menu
          aria-label={m.add}
          onAction={(key) => {
            const created = make[String(key)]?.();
            if (created) onAdd(created);
          }}
        >
          {kinds.map(({ id }) => (
            <MenuItem key={id} id={id} textValue={m.kinds[id as keyof typeof m.kinds].label}>
              <Text slot="label">{m.kinds[id as keyof typeof m.kinds].label}</Text>
              <Text slot="description">{m.kinds[id as keyof typeof m.kinds].text}</Text>
            </MenuItem>
          ))}
        </Menu>
      </MenuTrigger>
    </div>
  );
}
