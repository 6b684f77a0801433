import type { AttributeCatalog, ItemKind } from "./attribute-catalog.ts";
import type { DecimalInput } from "./grammar.ts";

/** True or false for a value that is present; never throws. */
export type Predicate = (left: unknown, nowMs: number) => boolean;

/** What the deployment knows beyond the rule and the subject. */
export type RuleEnvironment = {
  readonly catalog: AttributeCatalog;
  /** Zone of leaves that name none; default UTC. */
  readonly timezone?: string;
  /** What `item.` stands for at the top of a rule about one line; default: nothing. */
  readonly itemKind?: ItemKind;
  /** Values of a shared list; undefined when the list has gone. */
  readonly listValues?: (id: string) => readonly unknown[] | undefined;
  /** Direct sub-categories of a category. */
  readonly childrenOf?: (category: string) => readonly string[];
  /** Major units of `to` for one major unit of `from`. */
  readonly rateOf?: (from: string, to: string) => DecimalInput | undefined;
  /** False for a definition that has gone or was never there; such a leaf is broken. Default: everything exists. */
  readonly exists?: (kind: "audience" | "journey" | "list", id: string) => boolean;
};

export type CompareOptions = {
  readonly caseSensitive: boolean;
  readonly timezone: string;
  readonly environment: RuleEnvironment;
  /** Of a list: what its values are; default text. */
  readonly elements?: "key" | undefined;
};
