import { ActionButton, Menu, MenuItem, MenuTrigger } from "@react-spectrum/s2";
import More from "@react-spectrum/s2/icons/More";
import { messages } from "../../messages.data.ts";
import type { TreeActions } from "./tree-context.ts";

const m = messages.builder;

type Props = {
  id: string;
  place: string;
  label: string;
  isFirst: boolean;
  isLast: boolean;
  actions: TreeActions;
};

/** Everything that can be done with a condition, by pointer, touch and keyboard alike. */
export function ConditionMenu({ id, place, label, isFirst, isLast, actions }: Props) {
  const act: Readonly<Record<keyof typeof m.menu, () => void>> = {
    up: () => actions.step(id, -1),
    down: () => actions.step(id, 1),
    indent: () => actions.indent(id),
    outdent: () => actions.outdent(id),
    wrap: () => actions.wrap(id),
    duplicate: () => actions.duplicate(id),
    copy: () => actions.copy(id, place),
    cut: () => actions.cut(id, place),
  };
  const disabled = [...(isFirst ? ["up", "indent"] : []), ...(isLast ? ["down"] : [])];
  return (
    <MenuTrigger>
      <ActionButton isQuiet size="S" aria-label={m.more(label)}>
        <More />
      </ActionButton>
      <Menu aria-label={m.more(label)} disabledKeys={disabled} onAction={(key) => act[key as keyof typeof m.menu]()}>
        {Object.entries(m.menu).map(([key, text]) => (
          <MenuItem key={key} id={key}>
            {text}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
