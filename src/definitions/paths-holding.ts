import { isObject } from "../kernel/index.ts";

const maxPaths = 100;
const escapePart = (part: string) => part.replaceAll("~", "~0").replaceAll("/", "~1");

/** JSON pointers of the texts of a value that hold another text, in order, at most 100; keys are not looked at. */
export function pathsHolding(value: unknown, text: string): readonly string[] {
  const found: string[] = [];
  const open: (readonly [path: string, value: unknown])[] = [["", value]];
  for (let next = open.pop(); next !== undefined && found.length < maxPaths; next = open.pop()) {
    const [path, inner] = next;
    if (typeof inner === "string") {
      if (inner.includes(text)) found.push(path);
      continue;
    }
    if (!Array.isArray(inner) && !isObject(inner)) continue;
    const parts: readonly (readonly [string, unknown])[] = Object.entries(inner);
    for (const [key, part] of parts.toReversed()) open.push([`${path}/${escapePart(key)}`, part]);
  }
  return found;
}
