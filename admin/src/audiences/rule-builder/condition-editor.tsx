import { ActionButton } from "@react-spectrum/s2";
import ChevronDown from "@react-spectrum/s2/icons/ChevronDown";
import ChevronUp from "@react-spectrum/s2/icons/ChevronUp";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { memo, type ReactNode } from "react";
import { messages } from "../../messages.data.ts";
import { AttributeEditor } from "./attribute-editor.tsx";
import { AudienceEditor } from "./audience-editor.tsx";
import { useBuilder } from "./builder-context.ts";
import { ConditionMenu } from "./condition-menu.tsx";
import { EventEditor } from "./event-editor.tsx";
import { FieldsEditor } from "./fields-editor.tsx";
import { GroupEditor } from "./group-editor.tsx";
import { ItemsEditor } from "./items-editor.tsx";
import { MoveHandle } from "./move-handle.tsx";
import { NodeFaults } from "./node-faults.tsx";
import { RawEditor } from "./raw-editor.tsx";
import type { ConditionNode } from "./rule-model.ts";
import { SequenceEditor } from "./sequence-editor.tsx";
import { useTree } from "./tree-context.ts";

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
  /** Where such conditions make sense, see `placeOf`. */
  place: string;
  onChange: (id: string, node: ConditionNode | null) => void;
  onMove: (id: string, step: -1 | 1) => void;
};

/**
 * One condition or group with what moves, copies and removes it. While another one changes it is not drawn again: with a dozen
 * conditions a letter would otherwise take a fifth of a second.
 */
export const ConditionEditor = memo(function ConditionEditor(props: Props) {
  const { isReadOnly } = useBuilder();
  const { actions } = useTree();
  const { node, onChange, onMove } = props;
  const name = nameOf(node);
  return (
    <div className={card}>
      {isReadOnly || !actions ? null : (
        <MoveHandle id={props.node.id} place={props.place} label={name} actions={actions} />
      )}
      <div className={main}>
        {fieldsOf({ ...props, onChange: (next) => onChange(node.id, next) })}
        <NodeFaults id={props.node.id} kind={props.node.kind} />
      </div>
      {isReadOnly ? null : (
        <div className={buttons}>
          {actions ? (
            <ConditionMenu {...props} id={node.id} label={name} actions={actions} />
          ) : (
            <StepButtons isFirst={props.isFirst} isLast={props.isLast} onMove={(step) => onMove(node.id, step)} />
          )}
          <ActionButton isQuiet size="S" aria-label={m.remove} onPress={() => onChange(node.id, null)}>
            <Close />
          </ActionButton>
        </div>
      )}
    </div>
  );
});

type StepProps = Pick<Props, "isFirst" | "isLast"> & { onMove: (step: -1 | 1) => void };

/** Where there is no tree around a group, its conditions move within it. */
function StepButtons({ isFirst, isLast, onMove }: StepProps) {
  return (
    <>
      <ActionButton isQuiet size="S" aria-label={m.moveUp} isDisabled={isFirst} onPress={() => onMove(-1)}>
        <ChevronUp />
      </ActionButton>
      <ActionButton isQuiet size="S" aria-label={m.moveDown} isDisabled={isLast} onPress={() => onMove(1)}>
        <ChevronDown />
      </ActionButton>
    </>
  );
}

function nameOf(node: ConditionNode): string {
  const kinds: Readonly<Record<string, { readonly label: string }>> = { ...m.kinds, ...messages.builder.kinds };
  const kind = node.kind === "fields" ? node.name : node.kind;
  return kinds[kind]?.label ?? m.raw;
}

type FieldsProps = Pick<Props, "node" | "subjects" | "depth"> & { onChange: (node: ConditionNode) => void };

function fieldsOf({ node, subjects, depth, onChange }: FieldsProps): ReactNode {
  switch (node.kind) {
    case "group":
      return <GroupEditor group={node} subjects={subjects} depth={depth} onChange={onChange} />;
    case "attribute":
      return <AttributeEditor node={node} subjects={subjects} depth={depth} onChange={onChange} />;
    case "event":
      return <EventEditor node={node} depth={depth} onChange={onChange} />;
    case "sequence":
      return <SequenceEditor node={node} depth={depth} onChange={onChange} />;
    case "items":
      return <ItemsEditor node={node} depth={depth} onChange={onChange} />;
    case "audience":
      return <AudienceEditor node={node} onChange={onChange} />;
    case "fields":
      return <FieldsEditor node={node} onChange={onChange} />;
    case "raw":
      return <RawEditor node={node} onChange={onChange} />;
  }
}
