import { ActionButton, Menu, MenuItem, MenuTrigger, Picker, PickerItem, Text } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Paste from "@react-spectrum/s2/icons/Paste";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useCallback } from "react";
import { messages } from "../../messages.data.ts";
import { muted, row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { ConditionEditor } from "./condition-editor.tsx";
import { DropPlace, useDropAtEnd } from "./drop-place.tsx";
import { addChild, moveChild, replaceChild } from "./edit-tree.ts";
import { NodeFaults } from "./node-faults.tsx";
import {
  type ConditionNode,
  emptyGroup,
  type GroupMode,
  type GroupNode,
  newAttribute,
  newAudience,
  newEvent,
  newFields,
  newItems,
  newSequence,
} from "./rule-model.ts";
import { placeOf, type TreeActions, useTree } from "./tree-context.ts";
import { useLatest } from "./use-latest.ts";

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
  const { isReadOnly, elements } = useBuilder();
  const { actions } = useTree();
  const place = placeOf(subjects, elements);
  const latest = useLatest({ group, onChange });
  const changeChild = useCallback(
    (id: string, next: ConditionNode | null) => latest.current.onChange(replaceChild(latest.current.group, id, next)),
    [latest],
  );
  const stepChild = useCallback(
    (id: string, step: -1 | 1) => latest.current.onChange(moveChild(latest.current.group, id, step)),
    [latest],
  );
  const dropAtEnd = useDropAtEnd(group.id, group.children.length, place);
  return (
    <fieldset className={frame({ mode: group.mode })} aria-label={m.group(m.modes[group.mode])} {...dropAtEnd}>
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
          <DropPlace key={child.id} id={child.id} groupId={group.id} index={index} place={place}>
            <ConditionEditor
              node={child}
              place={place}
              subjects={subjects}
              depth={depth + 1}
              isFirst={index === 0}
              isLast={index === group.children.length - 1}
              onChange={changeChild}
              onMove={stepChild}
            />
          </DropPlace>
        ))}
      </ul>
      {isReadOnly ? null : (
        <div className={row}>
          <AddMenu subjects={subjects} depth={depth} onAdd={(child) => onChange(addChild(group, child))} />
          {actions ? <PasteButton groupId={group.id} place={place} actions={actions} /> : null}
        </div>
      )}
      {depth === 0 ? <NodeFaults id={group.id} kind="group" /> : null}
    </fieldset>
  );
}

function emptyText(group: GroupNode, depth: number, subjects: readonly string[]): string {
  const isAboutPeople = subjects.includes("profile");
  if (group.mode === "none" && isAboutPeople) return m.nobody;
  return depth === 0 && isAboutPeople ? m.everyone : m.emptyGroup;
}

/** Only where what was copied makes sense. */
function PasteButton({ groupId, place, actions }: { groupId: string; place: string; actions: TreeActions }) {
  const { clip } = useTree();
  if (clip?.place !== place) return null;
  return (
    <ActionButton size="S" isQuiet onPress={() => actions.paste(groupId)}>
      <Paste />
      <Text>{messages.builder.paste}</Text>
    </ActionButton>
  );
}

type AddProps = { subjects: readonly string[]; depth: number; onAdd: (node: ConditionNode) => void };
type Kind = { readonly id: string; readonly isShown: boolean; readonly make: () => ConditionNode };

const fieldKinds = ["consent", "subscription", "message", "journey", "list", "geo", "bucket"] as const;
const texts: Readonly<Record<string, { readonly label: string; readonly text: string }>> = {
  ...m.kinds,
  ...messages.builder.kinds,
};

/** What may be added depends on where the group stands: inside an event, only what is known of that event. */
function kindsAt(subjects: readonly string[], depth: number): readonly Kind[] {
  const isTop = subjects.includes("profile");
  const isInEvent = subjects.includes("event");
  const kinds: readonly Kind[] = [
    { id: "attribute", isShown: true, make: () => newAttribute("", "eq") },
    { id: "event", isShown: isTop, make: newEvent },
    { id: "sequence", isShown: isTop, make: newSequence },
    { id: "items", isShown: isTop || isInEvent, make: () => newItems(isInEvent ? "event" : "cart") },
    { id: "audience", isShown: isTop, make: newAudience },
    ...fieldKinds.map((id): Kind => ({ id, isShown: isTop, make: () => newFields(id) })),
    { id: "group", isShown: depth < maxDepth, make: () => emptyGroup("any") },
  ];
  return kinds.filter(({ isShown }) => isShown);
}

function AddMenu({ subjects, depth, onAdd }: AddProps) {
  const kinds = kindsAt(subjects, depth);
  return (
    <MenuTrigger>
      <ActionButton size="S">
        <Add />
        <Text>{m.add}</Text>
      </ActionButton>
      <Menu
        aria-label={m.add}
        onAction={(key) => {
          const kind = kinds.find(({ id }) => id === key);
          if (kind) onAdd(kind.make());
        }}
      >
        {kinds.map(({ id }) => (
          <MenuItem key={id} id={id} textValue={texts[id]?.label ?? id}>
            <Text slot="label">{texts[id]?.label}</Text>
            <Text slot="description">{texts[id]?.text}</Text>
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
