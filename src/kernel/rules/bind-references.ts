import { isObject } from "../json.ts";
import { type AttributeSpec, fitsType } from "./attribute-catalog.ts";
import { preparePredicate } from "./compare.ts";
import { attributeAt } from "./compiled.ts";
import type { RuleEnvironment } from "./environment.ts";
import { type AttributeLeaf, complementOf, type Operator, type RuleNode } from "./grammar.ts";
import { compileOperand } from "./operand.ts";
import { createFrame, enterFrame, type Frame, type RuleSubject } from "./subject.ts";

type Run = { readonly frame: Frame; readonly environment: RuleEnvironment };

/** What does not change while the candidates of one call are judged; `product.` and `item.` do. */
const constantReference = /^(matched|profile|context)\./;
const always: RuleNode = { everyone: true };
const never: RuleNode = { not: always };

/**
 * A rule for one subject, with what its references to the matched product, the profile and the request stand for.
 *
 * Holds for the same products as the rule itself. A rule that is judged for thousands of candidates then works a reference
 * out once, and its right-hand sides can be looked up in an index.
 */
export function bindReferences(rule: RuleNode, subject: RuleSubject, environment: RuleEnvironment): RuleNode {
  const frame = createFrame();
  enterFrame(frame, subject, 0);
  return bind(rule, { frame, environment });
}

function bind(node: RuleNode, run: Run): RuleNode {
  if ("all" in node) return { all: node.all.map((child) => bind(child, run)) };
  if ("any" in node) return { any: node.any.map((child) => bind(child, run)) };
  if ("not" in node) return { not: bind(node.not, run) };
  if ("attribute" in node) return bindLeaf(node.attribute, run) ?? node;
  if ("items" in node && node.items.where) return { items: { ...node.items, where: bind(node.items.where, run) } };
  return node;
}

function isUsable(
  op: Operator,
  leaf: AttributeLeaf,
  { type }: AttributeSpec,
  value: unknown,
  environment: RuleEnvironment,
): boolean {
  const timezone = leaf.timezone ?? environment.timezone ?? "UTC";
  const options = { caseSensitive: leaf.caseSensitive ?? false, timezone, environment };
  return preparePredicate(type, op, value, options) !== undefined;
}

/** @returns undefined for a leaf that stays as it is */
function bindLeaf(leaf: AttributeLeaf, { frame, environment }: Run): RuleNode | undefined {
  if (leaf.where !== undefined) {
    return { attribute: { ...leaf, where: bind(leaf.where, { frame, environment }) } };
  }
  const right: unknown = leaf.value;
  const ref = isObject(right) ? right["ref"] : undefined;
  // Without a cart its amounts are 0 in the currency of the right-hand side, which must therefore stay a reference.
  if (typeof ref !== "string" || !constantReference.test(ref) || leaf.path.startsWith("cart.")) return undefined;
  const scope = {
    environment,
    itemKind: environment.itemKind,
    usage: {
      eventLeaves: new Map(),
      audiences: new Set<string>(),
      accountLeaves: new Set<string>(),
      usesContext: false,
    },
  };
  const spec = attributeAt(leaf.path, scope);
  if (!spec || !fitsType(leaf.op, spec.type) || /regex$/.test(leaf.op)) return undefined;
  const operand = compileOperand(leaf.value, scope);
  if (operand.kind !== "reference") return undefined;
  const value = operand.read(frame);
  const positive = complementOf[leaf.op];
  // A literal that does not fit breaks a leaf; a reference that does not fit today is as good as missing.
  const fits = value !== undefined && value !== null && isUsable(positive ?? leaf.op, leaf, spec, value, environment);
  if (!fits) return positive === undefined ? never : always;
  // The comparison reads a literal as it reads a reference; exact decimals are the one thing that JSON cannot spell.
  return { attribute: { ...leaf, value: value as NonNullable<AttributeLeaf["value"]> } };
}
