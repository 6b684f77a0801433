import type { AttributeSpec, ItemKind } from "./attribute-catalog.ts";
import { createAttributeCatalog } from "./attribute-catalog.ts";
import type { RuleEnvironment } from "./environment.ts";
import type { EventLeafSpec } from "./event-leaf-spec.ts";
import type { RuleNode } from "./grammar.ts";
import { itemAttributes } from "./standard-attributes.data.ts";
import type { Frame } from "./subject.ts";

/** Why a rule holds or does not: the tree of the rule with what was seen at each leaf. */
export type Explanation = {
  /** The key of the node: `all`, `attribute`, `event`… */
  readonly node: string;
  readonly truth: boolean;
  /** One sentence for people, e.g. `Gender is "female" (seen: "male")`. */
  readonly sentence: string;
  readonly path?: string;
  readonly op?: string;
  readonly value?: unknown;
  readonly observed?: unknown;
  /** The leaf names something that has gone: it is false, and every `not` above it is false. */
  readonly broken?: true;
  readonly children?: readonly Explanation[];
};

export type CompiledNode = {
  readonly test: (frame: Frame) => boolean;
  /** An instant after now before which truth cannot change by time alone; Infinity for never. */
  readonly next: (frame: Frame) => number;
  readonly explain: (frame: Frame) => Explanation;
  readonly broken: boolean;
};

/** What a compilation gathers on its way. */
export type Usage = {
  readonly eventLeaves: Map<string, EventLeafSpec>;
  readonly audiences: Set<string>;
  /** Hashes of event leaves that are judged for the members of accounts. */
  readonly accountLeaves: Set<string>;
  usesContext: boolean;
};

/** Where in the tree a node stands. */
export type Scope = {
  readonly environment: RuleEnvironment;
  readonly usage: Usage;
  readonly itemKind: ItemKind | undefined;
  readonly compile: (node: RuleNode, scope: Scope) => CompiledNode;
};

export const neverChanges = (): number => Number.POSITIVE_INFINITY;

/** A leaf that names something unknown. */
export function brokenNode(node: string, sentence: string, detail: Partial<Explanation> = {}): CompiledNode {
  const explanation: Explanation = { ...detail, node, truth: false, sentence, broken: true };
  return { test: () => false, next: neverChanges, explain: () => explanation, broken: true };
}

const itemCatalogs = Object.fromEntries(
  Object.entries(itemAttributes).map(([kind, specs]) => [kind, createAttributeCatalog(specs)]),
);

/** The known path most like a mistyped one. */
export function nearestPath(
  path: string,
  catalog: RuleEnvironment["catalog"],
  itemKind: ItemKind | undefined,
): string | undefined {
  const own = itemKind !== undefined && path.startsWith("item") ? itemCatalogs[itemKind]?.nearest(path) : undefined;
  return own ?? catalog.nearest(path);
}

/** The attribute behind a path; `item` paths mean what the element in hand is. */
export function attributeAt(
  path: string,
  scope: { readonly environment: Pick<RuleEnvironment, "catalog">; readonly itemKind: ItemKind | undefined },
): AttributeSpec | undefined {
  if (scope.itemKind !== undefined && /^item(\.|$)/.test(path)) {
    const own = itemCatalogs[scope.itemKind]?.find(path);
    if (own) return own;
  }
  return scope.environment.catalog.find(path);
}
