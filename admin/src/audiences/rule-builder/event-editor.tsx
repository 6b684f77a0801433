import { NumberField, Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { row, stackTight } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { ComparisonPicker } from "./comparison-picker.tsx";
import { eventNames } from "./event-names.data.ts";
import { type EventNode, emptyGroup } from "./rule-model.ts";
import { WhereEditor } from "./where-editor.tsx";
import { WindowField } from "./window-field.tsx";

const m = messages.rules;
const countWidth = style({ width: 96 });
const shortWidth = style({ width: 128 });
const distinctSku = "event.properties.items.sku";

type Props = { node: EventNode; depth: number; onChange: (node: EventNode) => void };

/** Did a thing so many times in a window; "exactly 0" is "did not". */
export function EventEditor({ node, depth, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  const names = [...new Set([...eventNames, ...node.names])];
  return (
    <div className={stackTight}>
      <div className={row}>
        <span>{m.did}</span>
        <Picker
          aria-label={m.event}
          size="S"
          selectionMode="multiple"
          isDisabled={isReadOnly}
          value={[...node.names]}
          onChange={(keys) => {
            const chosen = [...(keys as Iterable<string | number>)].map(String);
            if (chosen.length > 0) onChange({ ...node, names: chosen });
          }}
        >
          {names.map((name) => (
            <PickerItem key={name} id={name}>
              {name}
            </PickerItem>
          ))}
        </Picker>
        <ComparisonPicker
          op={node.count.op}
          isDisabled={isReadOnly}
          onChange={(op) => onChange({ ...node, count: { ...node.count, op } })}
        />
        <NumberField
          aria-label={m.count}
          size="S"
          minValue={0}
          styles={countWidth}
          isReadOnly={isReadOnly}
          value={node.count.value}
          onChange={(value) => {
            if (!Number.isNaN(value)) onChange({ ...node, count: { ...node.count, value: Math.round(value) } });
          }}
        />
        <DistinctPicker node={node} onChange={onChange} />
        <WindowField window={node.window} onChange={(window) => onChange({ ...node, window })} />
      </div>
      <WhereEditor
        where={node.where}
        subjects={["event"]}
        depth={depth}
        onAdd={() => onChange({ ...node, where: emptyGroup() })}
        onChange={(where) => onChange({ ...node, where })}
      />
    </div>
  );
}

function DistinctPicker({ node, onChange }: { node: EventNode; onChange: (node: EventNode) => void }) {
  const { isReadOnly } = useBuilder();
  const paths = [...new Set([distinctSku, ...(node.distinct ? [node.distinct] : [])])];
  return (
    <Picker
      aria-label={m.counting}
      size="S"
      styles={shortWidth}
      isDisabled={isReadOnly}
      selectedKey={node.distinct ?? "events"}
      onSelectionChange={(key) => onChange({ ...node, distinct: key === "events" ? undefined : String(key) })}
    >
      {["events", ...paths].map((path) => (
        <PickerItem key={path} id={path}>
          {path === "events" ? m.times : path === distinctSku ? m.products : m.differentValues(path)}
        </PickerItem>
      ))}
    </Picker>
  );
}
