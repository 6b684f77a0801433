import { ActionButton } from "@react-spectrum/s2";
import ChevronDown from "@react-spectrum/s2/icons/ChevronDown";
import ChevronUp from "@react-spectrum/s2/icons/ChevronUp";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";
import { messages } from "../../messages.data.ts";
import { AttributeEditor } from "./attribute-editor.tsx";
import { AudienceEditor } from "./audience-editor.tsx";
import { useBuilder } from "./builder-context.ts";
import { EventEditor } from "./event-editor.tsx";
import { GroupEditor } from "./group-editor.tsx";
import { ItemsEditor } from "./items-editor.tsx";
import { RawEditor } from "./raw-editor.tsx";
import type { ConditionNode } from "./rule-model.ts";

const m = messages.rules;

const card = style({
  display: "flex",
  alignItems: "start",
  justifyContent: "space-between",
  gap: 8,
  backgroundColor: "layer-1",
  borderRadius: "default",
  padding: 12,
  minWidth: 0,
});
const buttons = style({ display: "flex", flexShrink: 0, gap: 0 });
const main = style({ flexGrow: 1, minWidth: 0 });

type Props = {
  node: ConditionNode;
  subjects: readonly string[];
  depth: number;
  isFirst: boolean;
  isLast: boolean;
  onChange: (node: ConditionNode | null) => void;
  onMove: (step: -1 | 1) => void;
};

/** One condition or group with its move and remove buttons. */
export function ConditionEditor(props: Props) {
  const { isReadOnly } = useBuilder();
  return (
    <div className={card}>
      <div className={main}>{fieldsOf(props)}</div>
      {isReadOnly ? null : (
        <div className={buttons}>
          <ActionButton
            isQuiet
            size="S"
            aria-label={m.moveUp}
            isDisabled={props.isFirst}
            onPress={() => props.onMove(-1)}
          >
            <ChevronUp />
          </ActionButton>
          <ActionButton
            isQuiet
            size="S"
            aria-label={m.moveDown}
            isDisabled={props.isLast}
            onPress={() => props.onMove(1)}
          >
            <ChevronDown />
          </ActionButton>
          <ActionButton isQuiet size="S" aria-label={m.remove} onPress={() => props.onChange(null)}>
            <Close />
          </ActionButton>
        </div>
      )}
    </div>
  );
}

function fieldsOf({ node, subjects, depth, onChange }: Props): ReactNode {
  switch (node.kind) {
    case "group":
      return <GroupEditor group={node} subjects={subjects} depth={depth} onChange={onChange} />;
    case "attribute":
      return <AttributeEditor node={node} subjects={subjects} depth={depth} onChange={onChange} />;
    case "event":
      return <EventEditor node={node} depth={depth} onChange={onChange} />;
    case "items":
      return <ItemsEditor node={node} depth={depth} onChange={onChange} />;
    case "audience":
      return <AudienceEditor node={node} onChange={onChange} />;
    case "raw":
      return <RawEditor node={node} onChange={onChange} />;
  }
}
