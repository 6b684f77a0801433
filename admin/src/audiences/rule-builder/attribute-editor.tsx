import { Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { rowStart, stackTight } from "../../ui/styles.ts";
import { AttributePicker } from "./attribute-picker.tsx";
import { BuilderContext, useBuilder, withItems } from "./builder-context.ts";
import { ComparisonMenu } from "./comparison-menu.tsx";
import { GroupEditor } from "./group-editor.tsx";
import { operatorText } from "./operator-text.ts";
import { type AttributeSpec, type AttributeType, findAttribute, operatorsFor, shapeOf } from "./operators.ts";
import { type AttributeNode, emptyGroup } from "./rule-model.ts";
import { useFault } from "./tree-context.ts";
import { ValueEditor } from "./value-editor.tsx";
import { ZoneField } from "./zone-field.tsx";

const m = messages.rules;
const operatorWidth = style({ width: 232 });

type Props = {
  node: AttributeNode;
  subjects: readonly string[];
  depth: number;
  onChange: (node: AttributeNode) => void;
};

/** Attribute, operator that fits its type, value that fits both. */
export function AttributeEditor({ node, subjects, depth, onChange }: Props) {
  const builder = useBuilder();
  const { attributes, isReadOnly } = builder;
  const type: AttributeType = findAttribute(attributes, node.path)?.type ?? "json";
  const isAboutElements = shapeOf(node.op) === "where";
  const pathFault = useFault(node.id, "path");
  return (
    <div className={stackTight}>
      <div className={rowStart}>
        <AttributePicker
          path={node.path}
          subjects={subjects}
          isDisabled={isReadOnly}
          onChange={(path) => onChange(withPath(node, path, findAttribute(attributes, path)))}
          {...pathFault}
        />
        <OperatorPicker node={node} type={type} onChange={onChange} />
        {isAboutElements ? null : <ValueEditor node={node} type={type} subjects={subjects} onChange={onChange} />}
        {node.timezone === undefined ? null : (
          <ZoneField value={node.timezone} onChange={(timezone) => onChange({ ...node, timezone })} />
        )}
        {isReadOnly ? null : <ComparisonMenu node={node} type={type} onChange={onChange} />}
      </div>
      {isAboutElements ? (
        <BuilderContext value={withItems(builder, type === "list" ? "list" : "objects")}>
          <GroupEditor
            group={node.where ?? emptyGroup()}
            subjects={["item"]}
            depth={depth + 1}
            onChange={(where) => onChange({ ...node, where })}
          />
        </BuilderContext>
      ) : null}
    </div>
  );
}

type OperatorProps = { node: AttributeNode; type: AttributeType; onChange: (node: AttributeNode) => void };

function OperatorPicker({ node, type, onChange }: OperatorProps) {
  const { isReadOnly } = useBuilder();
  const operators = operatorsFor(type);
  const fault = useFault(node.id, "op");
  return (
    <Picker
      aria-label={m.operator}
      size="S"
      styles={operatorWidth}
      isDisabled={isReadOnly}
      selectedKey={node.op}
      onSelectionChange={(op) => onChange(withOperator(node, String(op)))}
      {...fault}
    >
      {(operators.includes(node.op) ? operators : [...operators, node.op]).map((op) => (
        <PickerItem key={op} id={op}>
          {operatorText(op)}
        </PickerItem>
      ))}
    </Picker>
  );
}

/** Another attribute keeps the operator only if its type has it; the value always starts anew. */
function withPath(node: AttributeNode, path: string, spec: AttributeSpec | undefined): AttributeNode {
  const operators = operatorsFor(spec?.type ?? "json");
  const op = operators.includes(node.op) ? node.op : (operators[0] ?? "exists");
  return {
    ...node,
    path,
    op,
    value: startValue(op),
    where: shapeOf(op) === "where" ? emptyGroup() : null,
    caseSensitive: false,
    timezone: undefined,
  };
}

function withOperator(node: AttributeNode, op: string): AttributeNode {
  const keeps = shapeOf(op) === shapeOf(node.op);
  return {
    ...node,
    op,
    value: keeps ? node.value : startValue(op),
    where: shapeOf(op) === "where" ? (node.where ?? emptyGroup()) : null,
  };
}

/** What the control shows at first must be in the rule too. */
function startValue(op: string): AttributeNode["value"] {
  return shapeOf(op) === "duration" ? "30d" : undefined;
}
