import { isObject } from "../../kernel/index.ts";
import { parsePath } from "../../kernel/rules/index.ts";

const maxNodes = 20_000;

/** Names of the product facts that a rule reads: `color` of `product.color`. Texts that only look like a path cost one look-up. */
export function productKeysOf(rule: unknown): readonly string[] {
  const keys = new Set<string>();
  const open: unknown[] = [rule];
  for (let node = 0; node < maxNodes; node += 1) {
    const value = open.pop();
    if (value === undefined && open.length === 0) break;
    if (typeof value === "string" && value.startsWith("product.")) {
      const [key] = parsePath(value)?.keys ?? [];
      if (key !== undefined) keys.add(key);
    } else if (Array.isArray(value)) open.push(...value);
    else if (isObject(value)) open.push(...Object.values(value));
  }
  return [...keys];
}
