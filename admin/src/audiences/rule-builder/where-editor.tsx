import { ActionButton } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import { useBuilder } from "./builder-context.ts";
import { GroupEditor } from "./group-editor.tsx";
import type { GroupNode } from "./rule-model.ts";

type Props = {
  where: GroupNode | null;
  subjects: readonly string[];
  depth: number;
  onAdd: () => void;
  onChange: (where: GroupNode | null) => void;
};

/** Conditions on the one event or item in hand; emptied, it disappears. */
export function WhereEditor({ where, subjects, depth, onAdd, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  if (!where) {
    if (isReadOnly) return null;
    return (
      <div>
        <ActionButton size="S" isQuiet onPress={onAdd}>
          {messages.rules.addWhere}
        </ActionButton>
      </div>
    );
  }
  return (
    <GroupEditor
      group={where}
      subjects={subjects}
      depth={depth + 1}
      onChange={(next) => onChange(next.children.length === 0 && where.children.length > 0 ? null : next)}
    />
  );
}
