import type { Path, RuleNode } from "./grammar.ts";
import type { RuleObject, RuleSubject } from "./subject.ts";

/**
 * What a rule sees of an event: `type`, `timestamp` (ms), `source`, `storeView`, `properties`, `context`. `receivedAt` (ms) and
 * `messageId` say which of two events of one millisecond comes first.
 */
export type RuleEvent = RuleObject & {
  readonly type: string;
  readonly timestamp: number;
  readonly receivedAt?: number;
  readonly messageId?: string;
};

/** What the leaf may look up beside the event. */
export type EventContext = Pick<RuleSubject, "productOf">;

export type EventLeafSpec = {
  /** SHA-256 of the leaf without window, count and comparison; with columns, `/<stride>` follows. */
  readonly hash: string;
  readonly names: readonly string[];
  /** Numbers in a row: 1 for plain counts, when the state is simply the list of times. */
  readonly stride: number;
  /** For storage and SQL: what the hash covers. */
  readonly definition: LeafDefinition;
  readonly matches: (event: RuleEvent, context: EventContext) => boolean;
  /** Rows that the event adds, one after the other; empty when it does not match. */
  readonly rowsOf: (event: RuleEvent, context: EventContext) => readonly number[];
};

type ColumnKind = "code" | "number" | "money" | "order";
/** `order` has no path: it holds the place of the event among events of one millisecond. */
export type Column = { readonly kind: ColumnKind; readonly path: Path };
export type LeafDefinition = {
  readonly names: readonly string[];
  readonly where: RuleNode | null;
  readonly columns: readonly Column[];
};
