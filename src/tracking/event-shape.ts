import { isObject } from "../kernel/index.ts";

const maxPaths = 200;
const maxDepth = 6;
const maxElements = 5;
const maxPathLength = 200;

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

/**
 * The shape of properties without their values: entries `path type`, e.g. `items[].sku string`. Values stay out: they may be
 * personal, and a shape is kept for ever.
 */
export function shapeOf(properties: unknown): ReadonlySet<string> {
  const shape = new Set<string>();
  const walk = (value: unknown, path: string, depth: number): void => {
    if (shape.size >= maxPaths || depth > maxDepth || path.length > maxPathLength) return;
    if (path !== "") shape.add(`${path} ${typeOf(value)}`);
    if (Array.isArray(value)) for (const child of value.slice(0, maxElements)) walk(child, `${path}[]`, depth + 1);
    else if (isObject(value))
      for (const key in value) walk(value[key], path === "" ? key : `${path}.${key}`, depth + 1);
  };
  walk(properties, "", 0);
  return shape;
}

type Node = { types: Set<string>; children: Map<string, Node>; items: Node | undefined };
const node = (): Node => ({ types: new Set(), children: new Map(), items: undefined });

function place(root: Node, path: string, type: string): void {
  let at = root;
  for (const step of path.split(".")) {
    const name = step.replace(/(\[\])+$/, "");
    if (name !== "") {
      const child = at.children.get(name) ?? node();
      at.children.set(name, child);
      at = child;
    }
    for (let depth = (step.length - name.length) / 2; depth > 0; depth -= 1) {
      at.items ??= node();
      at = at.items;
    }
  }
  at.types.add(type);
}

function toSchema({ types, children, items }: Node): Record<string, unknown> {
  // A whole number was seen where others have a fraction: both are numbers.
  const named = [...types].filter((type) => type !== "integer" || !types.has("number")).sort();
  return {
    ...(named.length === 1 ? { type: named[0] } : named.length > 1 ? { type: named } : {}),
    ...(children.size > 0
      ? { properties: Object.fromEntries([...children].map(([name, child]) => [name, toSchema(child)])) }
      : {}),
    ...(items ? { items: toSchema(items) } : {}),
  };
}

/** A schema that events of this shape keep to; nothing is required. */
export function schemaOfShape(shape: Iterable<string>): Record<string, unknown> {
  const root = node();
  for (const entry of shape) {
    const space = entry.lastIndexOf(" ");
    if (space > 0) place(root, entry.slice(0, space), entry.slice(space + 1));
  }
  root.types.add("object");
  return toSchema(root);
}
