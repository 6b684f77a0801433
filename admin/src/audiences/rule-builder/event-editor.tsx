import { NumberField, Picker, PickerItem, Switch } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { row, stackTight } from "../../ui/styles.ts";
import { AttributePicker } from "./attribute-picker.tsx";
import { useBuilder } from "./builder-context.ts";
import { ChoicePicker } from "./choice-picker.tsx";
import { ComparisonPicker } from "./comparison-picker.tsx";
import { eventNames } from "./event-names.data.ts";
import { MoneyField } from "./money-field.tsx";
import { findAttribute } from "./operators.ts";
import { type AggregateFunction, type EventNode, emptyGroup } from "./rule-model.ts";
import { useFault } from "./tree-context.ts";
import { useSeenEvents } from "./use-seen-events.ts";
import { WhereEditor } from "./where-editor.tsx";
import { WindowField } from "./window-field.tsx";

const m = messages.rules;
const b = messages.builder;
const countWidth = style({ width: 96 });
const shortWidth = style({ width: 152 });
const distinctSku = "event.properties.items.sku";

type Props = { node: EventNode; depth: number; onChange: (node: EventNode) => void };

/** Did a thing so many times in a window; "exactly 0" is "did not". */
export function EventEditor({ node, depth, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  const seen = useSeenEvents();
  const names = [...new Set([...eventNames, ...seen.map(({ type }) => type), ...node.names])];
  const nameFault = useFault(node.id, "name");
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
          {...nameFault}
        >
          {names.map((name) => (
            <PickerItem key={name} id={name}>
              {name}
            </PickerItem>
          ))}
        </Picker>
        <FigurePicker node={node} onChange={onChange} />
        {node.aggregate ? (
          <AggregateFields node={node} onChange={onChange} />
        ) : (
          <CountFields node={node} onChange={onChange} />
        )}
        <WindowField id={node.id} window={node.window} onChange={(window) => onChange({ ...node, window })} />
        <ChoicePicker
          label={b.account}
          choices={b.accounts}
          value={node.account ?? "person"}
          onChange={(account) => onChange({ ...node, account: account === "person" ? undefined : account })}
        />
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

type FieldsProps = { node: EventNode; onChange: (node: EventNode) => void };

/** How often, or a sum, average, smallest or largest value. */
function FigurePicker({ node, onChange }: FieldsProps) {
  const choose = (key: "count" | AggregateFunction) => {
    if (key === "count") return onChange({ ...node, aggregate: undefined });
    const { path = "event.properties.orderTotal", op = "gte" as const, value = 1 } = node.aggregate ?? {};
    return onChange({ ...node, distinct: undefined, aggregate: { fn: key, path, op, value } });
  };
  return (
    <ChoicePicker
      label={b.figure}
      choices={{ count: b.howOften, ...b.aggregates }}
      value={node.aggregate?.fn ?? "count"}
      onChange={choose}
    />
  );
}

function CountFields({ node, onChange }: FieldsProps) {
  const { isReadOnly } = useBuilder();
  const fault = useFault(node.id, "count");
  return (
    <>
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
        {...fault}
      />
      <DistinctPicker node={node} onChange={onChange} />
    </>
  );
}

function AggregateFields({ node, onChange }: FieldsProps) {
  const { isReadOnly, attributes, currency = "USD" } = useBuilder();
  const fault = useFault(node.id, "aggregate");
  const { aggregate } = node;
  if (!aggregate) return null;
  const set = (patch: Partial<typeof aggregate>) => onChange({ ...node, aggregate: { ...aggregate, ...patch } });
  const isMoney = typeof aggregate.value === "object";
  const isKnownMoney = findAttribute(attributes, aggregate.path)?.type === "money";
  return (
    <>
      <AttributePicker
        label={b.aggregatePath}
        path={aggregate.path}
        subjects={["event"]}
        events={node.names}
        isDisabled={isReadOnly}
        onChange={(path) => set({ path })}
        {...fault}
      />
      <ComparisonPicker op={aggregate.op} isDisabled={isReadOnly} onChange={(op) => set({ op })} />
      {isMoney ? (
        <MoneyField label={m.value} value={aggregate.value} onChange={(value) => set({ value })} />
      ) : (
        <NumberField
          aria-label={m.value}
          size="S"
          styles={countWidth}
          isReadOnly={isReadOnly}
          formatOptions={{ maximumFractionDigits: 6 }}
          value={Number(aggregate.value)}
          onChange={(value) => set({ value: Number.isNaN(value) ? 0 : value })}
        />
      )}
      {isKnownMoney && isMoney ? null : (
        <Switch
          size="S"
          isDisabled={isReadOnly}
          isSelected={isMoney}
          onChange={(on) => set({ value: on ? { minor: 5000, currency } : 1 })}
        >
          {b.isMoney}
        </Switch>
      )}
    </>
  );
}

/** Times, different products, or different values of anything on the event. */
function DistinctPicker({ node, onChange }: FieldsProps) {
  const { isReadOnly } = useBuilder();
  const fault = useFault(node.id, "distinct");
  const { distinct } = node;
  const kind = distinct === undefined ? "times" : distinct === distinctSku ? "products" : "other";
  return (
    <>
      <ChoicePicker
        label={m.counting}
        styles={shortWidth}
        choices={{ times: m.times, products: m.products, other: m.differentValues(b.distinctOther) }}
        value={kind}
        onChange={(key) =>
          onChange({
            ...node,
            distinct: key === "times" ? undefined : key === "products" ? distinctSku : "event.properties.",
          })
        }
      />
      {kind === "other" ? (
        <AttributePicker
          label={b.distinctPath}
          path={distinct ?? ""}
          subjects={["event"]}
          events={node.names}
          isDisabled={isReadOnly}
          onChange={(path) => onChange({ ...node, distinct: path })}
          {...fault}
        />
      ) : null}
    </>
  );
}
