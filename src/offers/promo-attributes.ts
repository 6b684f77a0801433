import { unreleasedAttribute } from "../audiences/index.ts";
import type { AttributeMeta } from "../catalog/index.ts";
import { type ErrorDetail, isObject } from "../kernel/index.ts";

const maxNodes = 20_000;

/**
 * What a tree of a price rule names that the shop has not released for price rules, each with a JSON pointer below `prefix`.
 *
 * Standard attributes and those that the shop says nothing of are released.
 */
export function unreleasedAttributes(
  rule: unknown,
  prefix: string,
  attributes: ReadonlyMap<string, AttributeMeta>,
): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const open: { readonly at: string; readonly value: unknown }[] = [{ at: prefix, value: rule }];
  for (let node = 0; node < maxNodes; node += 1) {
    const next = open.pop();
    if (!next) break;
    const { at, value } = next;
    const attribute =
      typeof value === "string" && /\/(path|ref)$/.test(at) ? unreleasedAttribute(value, attributes) : undefined;
    if (attribute) {
      const { code, label } = attribute;
      const message = `the attribute ${label} (${code}) is not released for price rules: set usedForPromoRules in the catalog, or use another`;
      faults.push({ path: at, code: "attributeNotReleased", message });
    }
    if (Array.isArray(value)) open.push(...value.map((each, index) => ({ at: `${at}/${index}`, value: each })));
    else if (isObject(value))
      open.push(
        ...Object.entries(value).map(([key, each]) => ({
          at: `${at}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
          value: each,
        })),
      );
  }
  return faults;
}

type Check<U extends string> = (rule: unknown, use: U, prefix: string) => readonly ErrorDetail[];

/** A check of rules that also refuses attributes which the shop has not released for price rules. */
export function withReleasedAttributes<U extends string>(
  check: Check<U>,
  attributes: () => ReadonlyMap<string, AttributeMeta>,
): Check<U> {
  return (rule, use, prefix) => [...check(rule, use, prefix), ...unreleasedAttributes(rule, prefix, attributes())];
}
