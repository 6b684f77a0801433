import { isObject } from "../../kernel/index.ts";

const maxNodes = 20_000;

/** Keys and ids of audiences that a tree of the rule language names. */
export function namedAudiences(rule: unknown): readonly string[] {
  const found = new Set<string>();
  const open: unknown[] = [rule];
  for (let node = 0; node < maxNodes && open.length > 0; node += 1) {
    const value = open.pop();
    if (Array.isArray(value)) open.push(...value);
    if (!isObject(value)) continue;
    const leaf = value["audience"];
    if (isObject(leaf)) {
      const ids = Array.isArray(leaf["ids"]) ? leaf["ids"] : [];
      for (const id of [leaf["id"], ...ids]) if (typeof id === "string") found.add(id);
    }
    open.push(...Object.values(value));
  }
  return [...found];
}
