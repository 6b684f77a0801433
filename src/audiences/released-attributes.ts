import type { AttributeMeta } from "../catalog/index.ts";
import { parsePath } from "../kernel/rules/index.ts";
import { isStandardAttribute } from "./attributes.ts";

/**
 * The product attribute that a path names, when the shop has not released it for price rules. Standard attributes and those that the
 * shop says nothing of are released.
 */
export function unreleasedAttribute(
  path: string,
  attributes: ReadonlyMap<string, AttributeMeta>,
): AttributeMeta | undefined {
  const parsed = parsePath(path);
  const [code] = parsed?.subject === "product" || parsed?.subject === "matched" ? parsed.keys : [];
  const attribute = code === undefined ? undefined : attributes.get(code);
  return attribute?.usedForPromoRules === false && !isStandardAttribute(path) ? attribute : undefined;
}
