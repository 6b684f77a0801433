import { NumberField, Picker, PickerItem } from "@react-spectrum/s2";
import { useMemo } from "react";
import type { Json } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { row, stackTight } from "../../ui/styles.ts";
import { BuilderContext, useBuilder, withItems } from "./builder-context.ts";
import { ChipsField } from "./chips-field.tsx";
import { ComparisonPicker } from "./comparison-picker.tsx";
import { MoneyField } from "./money-field.tsx";
import { emptyGroup, type ItemsNode, type ItemsTest } from "./rule-model.ts";
import { useFault } from "./tree-context.ts";
import { WhereEditor } from "./where-editor.tsx";
import { WindowField } from "./window-field.tsx";

const m = messages.rules;
const b = messages.builder;
const timed = new Set(["viewed", "ordered", "orders"]);
const onlyOrders = new Set(["average_quantity", "average_amount"]);
const lineSubjects = ["item", "product"];

type Props = { node: ItemsNode; depth: number; onChange: (node: ItemsNode) => void };

/** Products in cart, viewed, ordered …: some, none, every, or a measure over them. */
export function ItemsEditor({ node, depth, onChange }: Props) {
  const builder = useBuilder();
  const { isReadOnly, currency = "USD" } = builder;
  const statusFault = useFault(node.id, "statuses");
  const inner = useMemo(() => withItems(builder, node.of), [builder, node.of]);
  const tests = Object.keys(m.tests).filter((test) => node.of === "orders" || !onlyOrders.has(test));
  return (
    <div className={stackTight}>
      <div className={row}>
        <Picker
          aria-label={m.collection}
          size="S"
          isDisabled={isReadOnly}
          selectedKey={node.of}
          onSelectionChange={(of) => onChange(withCollection(node, String(of)))}
        >
          {Object.entries(m.collections).map(([id, label]) => (
            <PickerItem key={id} id={id}>
              {label}
            </PickerItem>
          ))}
        </Picker>
        <Picker
          aria-label={m.test}
          size="S"
          isDisabled={isReadOnly}
          selectedKey={"match" in node.test ? node.test.match : node.test.measure}
          onSelectionChange={(key) => onChange({ ...node, test: testOf(String(key), currency) })}
        >
          {tests.map((test) => (
            <PickerItem key={test} id={test}>
              {m.tests[test as keyof typeof m.tests]}
            </PickerItem>
          ))}
        </Picker>
        <MeasureFields node={node} onChange={onChange} />
        {timed.has(node.of) ? (
          <WindowField id={node.id} window={node.window} onChange={(window) => onChange({ ...node, window })} />
        ) : null}
        {node.of === "orders" || node.of === "ordered" ? (
          <ChipsField
            label={b.statuses}
            path="item.status"
            values={node.statuses ?? []}
            onChange={(statuses) => onChange({ ...node, statuses: statuses.length === 0 ? undefined : statuses })}
            {...statusFault}
          />
        ) : null}
      </div>
      <BuilderContext value={inner}>
        <WhereEditor
          where={node.where}
          subjects={node.of === "orders" || node.of === "addresses" ? ["item"] : lineSubjects}
          depth={depth}
          onAdd={() => onChange({ ...node, where: emptyGroup() })}
          onChange={(where) => onChange({ ...node, where })}
        />
      </BuilderContext>
    </div>
  );
}

function MeasureFields({ node, onChange }: { node: ItemsNode; onChange: (node: ItemsNode) => void }) {
  const { isReadOnly } = useBuilder();
  const fault = useFault(node.id, "value");
  const { test } = node;
  if ("match" in test) return null;
  const set = (value: Json) => onChange({ ...node, test: { ...test, value } });
  return (
    <>
      <ComparisonPicker
        op={test.op}
        isDisabled={isReadOnly}
        onChange={(op) => onChange({ ...node, test: { ...test, op } })}
      />
      {test.measure.endsWith("amount") ? (
        <MoneyField label={m.value} value={test.value} onChange={set} {...fault} />
      ) : (
        <NumberField
          aria-label={m.value}
          size="S"
          isReadOnly={isReadOnly}
          value={Number(test.value)}
          onChange={(value) => set(Number.isNaN(value) ? 0 : value)}
          {...fault}
        />
      )}
    </>
  );
}

function testOf(key: string, currency: string): ItemsTest {
  if (key === "some" || key === "none" || key === "every") return { match: key };
  return { measure: key, op: "gte", value: key.endsWith("amount") ? { minor: 5000, currency } : 1 };
}

/** A window only where elements have a time, averages only over orders. */
function withCollection(node: ItemsNode, of: string): ItemsNode {
  const isAverage = "measure" in node.test && onlyOrders.has(node.test.measure);
  return {
    ...node,
    of,
    where: null,
    window: timed.has(of) ? node.window : undefined,
    statuses: of === "orders" || of === "ordered" ? node.statuses : undefined,
    test: isAverage && of !== "orders" ? { match: "some" } : node.test,
  };
}
