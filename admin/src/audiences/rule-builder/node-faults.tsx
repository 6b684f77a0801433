import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ConditionNode } from "./rule-model.ts";
import { useTree } from "./tree-context.ts";

const text = style({ font: "body-sm", color: "negative", margin: 0, marginTop: 8 });

/** Members whose controls show their faults themselves. */
const shown: Readonly<Partial<Record<ConditionNode["kind"], readonly string[]>>> = {
  attribute: ["path", "op", "value"],
  event: ["name", "count", "aggregate", "distinct", "window"],
  sequence: ["window"],
  items: ["window", "value", "statuses"],
  audience: ["id", "ids", "for"],
  fields: ["category", "channel", "group", "id", "within", "salt", "to", "path", "template", "journey", "window"],
};

/** Faults of a condition that no single control is to blame for. */
export function NodeFaults({ id, kind }: { id: string; kind: ConditionNode["kind"] }) {
  const faults = useTree().faults.filter((fault) => fault.id === id && !shown[kind]?.includes(fault.control));
  if (faults.length === 0) return null;
  return (
    <div role="alert">
      {faults.map(({ control, message }) => (
        <p key={control + message} className={text}>
          {message}
        </p>
      ))}
    </div>
  );
}
