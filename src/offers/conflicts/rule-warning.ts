// What can be said against a published price rule, offer or block, in one shape for all kinds.
import type { LookedKind } from "./named-parts.ts";

export const warningCodes = [
  "ended",
  "impossible",
  "no_products",
  "needs_no_product",
  "audiences_gone",
  "no_members",
  "lacks_live",
  "shadowed",
  "never_wins",
  "below_floor",
  "guarded",
  "not_live",
  "stopped",
  "overlaps",
] as const;
export type WarningCode = (typeof warningCodes)[number];

/** `problem`: the rule does nothing, lacks what it needs, or sells below the floor; `note`: it may be meant so. */
export type Severity = "problem" | "note";

const problems: ReadonlySet<WarningCode> = new Set<WarningCode>([
  ...(["ended", "impossible", "no_products", "needs_no_product", "audiences_gone", "no_members"] as const),
  ...(["lacks_live", "shadowed", "never_wins", "below_floor"] as const),
]);

export function severityOf(code: WarningCode): Severity {
  return problems.has(code) ? "problem" : "note";
}

export type RuleRef = {
  readonly kind: LookedKind;
  readonly key: string;
  readonly name: string;
  /** Of those that have one. */
  readonly priority?: number;
};

/** Something that is named and not live. */
export type NotLive = {
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  /** Of definitions; `absent`: there is none; empty: not looked up. */
  readonly status: string;
};

export type RuleWarning = {
  readonly code: WarningCode;
  readonly severity: Severity;
  readonly rule: RuleRef;
  /** The rule that is in its way, or that meets it. */
  readonly other?: RuleRef;
  /** Key of the price rule group in which one of both acts. */
  readonly group?: string;
  /** How many products it is about. */
  readonly products?: number;
  readonly examples?: readonly string[];
  /** What it names and is not live, the first of them. */
  readonly notLive?: readonly NotLive[];
  readonly text: string;
};

type Told = Omit<RuleWarning, "severity" | "text"> & {
  /** Of what is not live. */
  readonly effect?: string;
};

export function warningOf({ effect = "", ...told }: Told): RuleWarning {
  return { ...told, severity: severityOf(told.code), text: textOf({ ...told, effect }) };
}

const kindNames: Readonly<Record<string, string>> = {
  audience: "the audience",
  "price-rule-group": "the rule group",
  "cart-price-rule": "the cart price rule",
  "catalog-price-rule": "the catalog price rule",
  block: "the block",
  offer: "the offer",
  "offer-collection": "the collection",
  "offer-placement": "the placement",
};
const statusNames: Readonly<Record<string, string>> = {
  ...{ draft: "a draft", in_review: "in review", paused: "paused", ended: "over", archived: "archived" },
  ...{ absent: "not there", "": "not live" },
};

function listed(notLive: readonly NotLive[]): string {
  const texts = notLive.map(
    ({ kind, name, status }) => `${kindNames[kind] ?? kind} ${name} (${statusNames[status] ?? status})`,
  );
  return texts.join(", ");
}

function textOf({ code, rule, other, group = "", products = 0, notLive = [], effect = "" }: Told): string {
  const [name, its] = [rule.name, other?.name ?? ""];
  const these = `${products} product${products === 1 ? "" : "s"}`;
  switch (code) {
    case "ended":
      return `The time of ${name} is over: it never applies`;
    case "impossible":
      return `The conditions of ${name} contradict each other: it never applies`;
    case "no_products":
      return `No product of the catalog is one that ${name} is for`;
    case "needs_no_product":
      return `The conditions of ${name} ask for a product in the cart that the catalog does not have`;
    case "audiences_gone":
      return `None of the audiences of ${name} is live`;
    case "no_members":
      return `Nobody is in the audiences of ${name}`;
    case "lacks_live":
    case "not_live":
      return `${name} names what is not live: ${listed(notLive)}. So ${effect}`;
    case "shadowed":
      return other
        ? `${its} always runs before ${name} and lets nothing through: ${name} never does anything`
        : `Rules before ${name} let nothing through: ${name} never does anything`;
    case "never_wins":
      return `${name} never acts: in the group ${group}, ${its} always takes its place`;
    case "below_floor":
      return `${name} alone sells ${these} below the margin floor`;
    case "guarded":
      return `The margin guard holds ${name} back on ${these}`;
    case "stopped":
      return `${its} runs first and keeps ${name} away from ${these}`;
    case "overlaps":
      return `${name} and ${its} both discount the same ${these}`;
  }
}

const order = new Map(warningCodes.map((code, at) => [code, at]));

/** Problems first, then by kind of warning, the most products first, and by key. */
export function compareWarnings(a: RuleWarning, b: RuleWarning): number {
  const rank = ({ severity }: RuleWarning) => (severity === "problem" ? 0 : 1);
  const byKey = `${a.rule.key} ${a.other?.key ?? ""}` < `${b.rule.key} ${b.other?.key ?? ""}` ? -1 : 1;
  return (
    rank(a) - rank(b) ||
    (order.get(a.code) ?? 0) - (order.get(b.code) ?? 0) ||
    (b.products ?? 0) - (a.products ?? 0) ||
    byKey
  );
}
