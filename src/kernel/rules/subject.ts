import type { Collection, MessageEvent } from "./grammar.ts";

export type RuleObject = Readonly<Record<string, unknown>>;

/**
 * What a rule is judged on. Objects hold values by the keys of rule paths; money is `{minor, currency}`, instants are
 * milliseconds or ISO text. Elements of `viewed`, `ordered` and `orders` carry their time in milliseconds as `at`;
 * `ordered` and `orders` carry `status`; a composite line lists its parts as `children`.
 */
export type RuleSubject = {
  readonly profile?: RuleObject | undefined;
  readonly cart?: RuleObject | undefined;
  readonly event?: RuleObject | undefined;
  readonly item?: unknown;
  readonly product?: RuleObject | undefined;
  readonly matched?: RuleObject | undefined;
  readonly context?: RuleObject | undefined;
  readonly list?: (of: Collection) => readonly RuleObject[];
  readonly productOf?: (sku: string) => RuleObject | undefined;
  /**
   * State of an event leaf: rows of `stride` numbers, ascending by the first, which is the event's time. A plain leaf
   * has stride 1, so the state is the list of times.
   */
  readonly eventTimes?: (leafHash: string) => readonly number[];
  readonly member?: (audienceId: string) => { readonly since: number } | undefined;
  /** When a non-member left, else when the profile was created. */
  readonly outsideSince?: (audienceId: string) => number | undefined;
  readonly consent?: (category: string, channel: string | undefined) => "granted" | "denied" | undefined;
  /** When a consent changes by itself, e.g. because a grant ends; undefined = never. */
  readonly consentChangesAt?: (category: string, channel: string | undefined) => number | undefined;
  readonly subscription?: (group: string) => "subscribed" | "unsubscribed" | "pending" | undefined;
  readonly journey?: (
    id: string,
  ) => { readonly state: "active" | "completed" | "exited"; readonly at: number } | undefined;
  /** Ascending times of messages to this profile. */
  readonly messageTimes?: (query: MessageQuery) => readonly number[];
  /** Profile id, else anonymous id. */
  readonly bucketValue?: string | undefined;
  readonly inList?: (listId: string) => boolean;
  readonly session?: { readonly startedAt: number; readonly lastAt: number } | undefined;
  /**
   * Members of the profile's accounts, for `account` on event leaves. Everybody of one account is best given the same array: what a
   * leaf is for its members is then worked out once.
   */
  readonly accountMembers?: () => readonly RuleSubject[];
};

export type MessageQuery = {
  readonly template?: string;
  readonly journey?: string;
  readonly channel?: string;
  readonly event: MessageEvent;
};

const nothing: readonly RuleObject[] = [];
const noTimes: readonly number[] = [];

/**
 * The state of one evaluation. A compiled rule owns one and uses it again for every call, so judging a subject
 * allocates nothing.
 */
export type Frame = {
  subject: RuleSubject;
  now: number;
  event: RuleObject | undefined;
  item: unknown;
  product: RuleObject | undefined;
  /** Parts of the composite line in hand. */
  children: readonly RuleObject[] | undefined;
  busy: boolean;
};

const noSubject: RuleSubject = {};

export function createFrame(): Frame {
  return {
    subject: noSubject,
    now: 0,
    event: undefined,
    item: undefined,
    product: undefined,
    children: undefined,
    busy: false,
  };
}

export function enterFrame(frame: Frame, subject: RuleSubject, nowMs: number): void {
  frame.subject = subject;
  frame.now = nowMs;
  frame.event = subject.event;
  frame.item = subject.item;
  frame.product = subject.product;
  frame.children = undefined;
  frame.busy = true;
}

export function leaveFrame(frame: Frame): void {
  frame.subject = noSubject;
  frame.event = undefined;
  frame.item = undefined;
  frame.product = undefined;
  frame.children = undefined;
  frame.busy = false;
}

export function elementsOf(frame: Frame, of: Collection): readonly RuleObject[] {
  if (of === "event") return linesOf(frame.event);
  const elements = frame.subject.list?.(of) ?? nothing;
  return of === "order" && elements.length === 0 ? linesOf(frame.event) : elements;
}

export function rowsOf(frame: Frame, leafHash: string): readonly number[] {
  return frame.subject.eventTimes?.(leafHash) ?? noTimes;
}

const lineCache = new WeakMap<object, readonly RuleObject[]>();

/** The product lines of an event, spelled as rules spell lines: `unitPrice` is `price`, `lineTotal` is `row_total`. */
export function linesOf(event: RuleObject | undefined): readonly RuleObject[] {
  const properties = event?.["properties"];
  if (!isRecord(properties)) return nothing;
  const { items, sku } = properties;
  // An event about one product may name it without a list.
  if (!Array.isArray(items)) return typeof sku === "string" ? [toLine(properties)] : nothing;
  const known = lineCache.get(items);
  if (known) return known;
  const lines = items.filter(isRecord).map(toLine);
  lineCache.set(items, lines);
  return lines;
}

function toLine(item: RuleObject): RuleObject {
  return { ...item, qty: item["qty"] ?? 1, price: item["unitPrice"], row_total: item["lineTotal"] };
}

function isRecord(value: unknown): value is RuleObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
