import { ComboBox, ComboBoxItem, Picker, PickerItem, Text } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import { rowEnd, stackTight } from "../../ui/styles.ts";
import { BuilderContext, useBuilder, withItems } from "./builder-context.ts";
import { GroupEditor } from "./group-editor.tsx";
import {
  type AttributeSpec,
  type AttributeType,
  findAttribute,
  isPattern,
  negatives,
  operatorsFor,
  shapeOf,
} from "./operators.ts";
import { type AttributeNode, emptyGroup } from "./rule-model.ts";
import { ValueEditor } from "./value-editor.tsx";

const m = messages.rules;

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
  const spec = findAttribute(attributes, node.path);
  const type: AttributeType = spec?.type ?? "json";
  const operators = operatorsFor(type);
  return (
    <div className={stackTight}>
      <div className={rowEnd}>
        <AttributePicker
          path={node.path}
          subjects={subjects}
          isDisabled={isReadOnly}
          onChange={(path) => onChange(withPath(node, path, findAttribute(attributes, path)))}
        />
        <Picker
          aria-label={m.operator}
          size="S"
          isDisabled={isReadOnly}
          selectedKey={node.op}
          onSelectionChange={(op) => onChange(withOperator(node, String(op)))}
        >
          {(operators.includes(node.op) ? operators : [...operators, node.op]).map((op) => (
            <PickerItem key={op} id={op}>
              {operatorLabel(op)}
            </PickerItem>
          ))}
        </Picker>
        {shapeOf(node.op) === "where" ? null : (
          <ValueEditor
            node={node}
            type={type}
            values={spec?.values ?? (isCategory(node.path) ? builder.categories : [])}
            onChange={onChange}
          />
        )}
      </div>
      {shapeOf(node.op) === "where" ? (
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

export function operatorLabel(op: string): string {
  const label = m.operators[op as keyof typeof m.operators] ?? op;
  return negatives.has(op) ? m.orMissing(label) : label;
}

/** Another attribute keeps the operator only if its type has it; the value always starts anew. */
function withPath(node: AttributeNode, path: string, spec: AttributeSpec | undefined): AttributeNode {
  const operators = operatorsFor(spec?.type ?? "json");
  const op = operators.includes(node.op) ? node.op : (operators[0] ?? "exists");
  return { ...node, path, op, value: undefined, where: shapeOf(op) === "where" ? emptyGroup() : null };
}

function withOperator(node: AttributeNode, op: string): AttributeNode {
  const keeps = shapeOf(op) === shapeOf(node.op);
  return {
    ...node,
    op,
    value: keeps ? node.value : undefined,
    where: shapeOf(op) === "where" ? (node.where ?? emptyGroup()) : null,
  };
}

type PickerProps = { path: string; subjects: readonly string[]; isDisabled: boolean; onChange: (path: string) => void };

/** Finds an attribute by its label or path; a path that only a pattern knows can be typed. */
function AttributePicker({ path, subjects, isDisabled, onChange }: PickerProps) {
  const { attributes } = useBuilder();
  const choices = subjects.flatMap((subject) =>
    attributes.filter((spec) => spec.path.split(".")[0] === subject && !isPattern(spec.path)),
  );
  const known = choices.find((spec) => spec.path === path);
  return (
    <ComboBox
      // The label of a path is known only once the catalog is; the field then starts over with it.
      key={attributes.length}
      aria-label={m.attribute}
      size="S"
      placeholder={m.chooseAttribute}
      menuWidth={360}
      isDisabled={isDisabled}
      allowsCustomValue
      menuTrigger="focus"
      defaultItems={choices.map((spec) => ({ ...spec, text: attributeLabel(spec) }))}
      {...(known ? { defaultSelectedKey: path } : { defaultInputValue: path })}
      onSelectionChange={(key) => {
        if (key !== null && key !== path) onChange(String(key));
      }}
      onBlur={(event) => {
        const typed = (event.target as HTMLInputElement).value ?? "";
        const chosen = choices.find((spec) => attributeLabel(spec) === typed);
        if (!chosen && typed.includes(".") && typed !== path) onChange(typed);
      }}
    >
      {(spec) => (
        <ComboBoxItem id={spec.path} textValue={spec.text}>
          <Text slot="label">{spec.text}</Text>
          <Text slot="description">{spec.path}</Text>
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}

/** "Profile: Gender"; labels that name their subject already stay as they are. */
export function attributeLabel(spec: AttributeSpec): string {
  const subject = m.subjects[(spec.path.split(".")[0] ?? "") as keyof typeof m.subjects] ?? "";
  return spec.label.startsWith(subject) ? spec.label : `${subject}: ${spec.label}`;
}

/** Attributes that hold category paths, whose values the catalog knows. */
function isCategory(path: string): boolean {
  return /(^|\.)(category_ids|categoryPath|favourite_category)$/.test(path);
}
