// One attribute that must have one of some values for a condition on a product to hold. By it a product finds the few of thousands of
// conditions that may hold for it, instead of being judged by all.

import type { RuleNode, RuleSubject } from "../../kernel/rules/index.ts";
import {
  type AttributeType,
  foldText,
  isNumericText,
  parsePath,
  readerOf,
  scalarText,
} from "../../kernel/rules/index.ts";

export type Guard = { readonly path: string; readonly values: readonly string[] };

const guardable: ReadonlySet<AttributeType> = new Set<AttributeType>(["text", "key", "list"]);

/** Of several the one with the fewest values; undefined when each product must be judged. */
export function findGuard(node: RuleNode, typeOf: (path: string) => AttributeType | undefined): Guard | undefined {
  if ("all" in node) {
    const guards = node.all.flatMap((each) => findGuard(each, typeOf) ?? []);
    return guards.reduce<Guard | undefined>(
      (best, each) => (best && best.values.length <= each.values.length ? best : each),
      undefined,
    );
  }
  if ("any" in node) {
    // All of one attribute: one of their values is needed.
    const guards = node.any.map((each) => findGuard(each, typeOf));
    const path = guards[0]?.path;
    if (path === undefined || guards.some((each) => each?.path !== path)) return undefined;
    return { path, values: guards.flatMap((each) => each?.values ?? []) };
  }
  if (!("attribute" in node)) return undefined;
  const { path, op, value } = node.attribute;
  // Attributes of lines are known by the kind of line only.
  const type = path === "item.sku" ? "key" : typeOf(path);
  if (type === undefined || !guardable.has(type) || !/^(?:product\.|item\.sku$)/.test(path)) return undefined;
  if (op !== "eq" && op !== "in" && !(op === "contains" && type === "list")) return undefined;
  const values: string[] = [];
  for (const each of Array.isArray(value) ? value : [value]) {
    const text = scalarText(each);
    // Numbers are equal however they are written.
    if (text === undefined || isNumericText(text)) return undefined;
    values.push(foldText(text));
  }
  return values.length === 0 ? undefined : { path, values };
}

/** Conditions by the values that they need. */
export function createGuardIndex<T>() {
  const always: T[] = [];
  const byPath = new Map<string, { readonly read: (root: unknown) => unknown; readonly byValue: Map<string, T[]> }>();
  const textsOf = (value: unknown): readonly string[] => {
    if (Array.isArray(value)) return value.flatMap(textsOf);
    const text = scalarText(value);
    return text === undefined ? [] : [foldText(text)];
  };
  return {
    add: (condition: T, guard: Guard | undefined): void => {
      const parsed = guard && parsePath(guard.path);
      if (!guard || !parsed) {
        always.push(condition);
        return;
      }
      const read = readerOf([parsed.subject, ...parsed.keys]);
      const known = byPath.get(guard.path) ?? { read, byValue: new Map<string, T[]>() };
      byPath.set(guard.path, known);
      for (const value of new Set(guard.values)) {
        const own = known.byValue.get(value);
        if (own) own.push(condition);
        else known.byValue.set(value, [condition]);
      }
    },
    /** Those that may hold, each once. */
    candidates: (subject: RuleSubject): readonly T[] => {
      let found: Set<T> | undefined;
      for (const { read, byValue } of byPath.values())
        for (const text of textsOf(read(subject)))
          for (const condition of byValue.get(text) ?? []) {
            found ??= new Set(always);
            found.add(condition);
          }
      return found ? [...found] : always;
    },
  };
}
