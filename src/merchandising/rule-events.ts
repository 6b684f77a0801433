import { Type } from "typebox";
import type { DefinitionReference } from "../definitions/index.ts";
import type { ErrorDetail, JsonValue } from "../kernel/index.ts";
import type { CheckRule } from "./eligibility.ts";
import { type RankingSetting, rankingFaults, rankingSchema } from "./ranking-setting.ts";

export const ruleActions = ["boost", "bury", "hide", "pin"] as const;
export type RuleAction = (typeof ruleActions)[number];

/** What a rule does with one product, or with all that a condition fits. Exactly one of `sku` and `where`. */
export type RuleEvent = {
  readonly action: RuleAction;
  /** A product; of a variant, its parent is meant. */
  readonly sku?: string;
  /** A condition on `product.`; of `boost` and `bury` also on `profile.` and `context.`. Not for pins. */
  readonly where?: JsonValue;
  /** Of a pin: 1-based place in the list, 1 to 200. */
  readonly position?: number;
  /** Default 4 for a boost (above 1, to 100), 0.1 for a bury (0.001 to below 1). */
  readonly factor?: number;
};

/** What a rule makes of a list. */
export type RuleEffects = {
  /** Absent: the rule has no say in it, and the next one's ranking counts. */
  readonly ranking?: RankingSetting;
  /** Of two events for one product the first counts; one for its SKU stands before one by condition. */
  readonly events?: readonly RuleEvent[];
};

export const boostFactor = 4;
export const buryFactor = 0.1;
/** A page has at most 200 products, so more could not be pinned either. */
export const maxEvents = 200;
const maxConditionEvents = 20;
export const maxPosition = 200;

export const effectFields = {
  ranking: Type.Optional(rankingSchema),
  events: Type.Optional(
    Type.Array(
      Type.Object(
        {
          action: Type.Union(ruleActions.map((action) => Type.Literal(action))),
          sku: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
          where: Type.Optional(Type.Unknown({ description: "A condition of the rule language on products" })),
          position: Type.Optional(Type.Integer({ minimum: 1, maximum: maxPosition })),
          factor: Type.Optional(Type.Number({ minimum: 0.001, maximum: 100 })),
        },
        { additionalProperties: false },
      ),
      { maxItems: maxEvents },
    ),
  ),
};

export type EffectChecks = {
  readonly checkRule: CheckRule;
  readonly hasNumber: (attribute: string) => boolean;
};

export function effectFaults(
  { ranking, events = [] }: RuleEffects,
  { checkRule, hasNumber }: EffectChecks,
): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = ranking ? [...rankingFaults(ranking, "/ranking", hasNumber)] : [];
  const seen = new Set<string>();
  for (const [index, event] of events.entries()) {
    const at = `/events/${index}`;
    faults.push(...eventFaults(event, at, checkRule));
    if (event.sku === undefined) continue;
    if (seen.has(event.sku))
      faults.push({ path: `${at}/sku`, code: "repeated", message: `the rule says something else of ${event.sku}` });
    seen.add(event.sku);
  }
  const conditions = events.filter(({ where }) => where !== undefined).length;
  if (conditions > maxConditionEvents)
    faults.push({ path: "/events", code: "tooMany", message: `at most ${maxConditionEvents} of them by condition` });
  return faults;
}

function eventFaults(event: RuleEvent, at: string, checkRule: CheckRule): readonly ErrorDetail[] {
  const { action, sku, where, position, factor } = event;
  const faults: ErrorDetail[] = [];
  const fault = (field: string, code: string, message: string) => faults.push({ path: `${at}${field}`, code, message });
  if ((sku === undefined) === (where === undefined)) fault("", "oneOf", "name either a SKU or a condition");
  if (action === "pin") {
    if (position === undefined) fault("/position", "missing", "say where the product is pinned");
    if (where !== undefined) fault("/where", "notAllowed", "only a single product can be pinned");
  } else if (position !== undefined) fault("/position", "notAllowed", "only a pin has a position");
  if (factor !== undefined) {
    if (action !== "boost" && action !== "bury") fault("/factor", "notAllowed", "only boosts and buries have a factor");
    else if (action === "boost" ? factor <= 1 : factor >= 1)
      fault("/factor", "range", action === "boost" ? "a boost is above 1" : "a bury is below 1");
  }
  if (where !== undefined && action !== "pin") {
    // A hidden product is gone for everybody the rule is for, so the set of them must be known beforehand.
    faults.push(...checkRule(where, action === "hide" ? "catalog_rule" : "merchandising", `${at}/where`));
  }
  return faults;
}

/** @param namedIn audiences that a condition names */
export function effectReferences(
  { events = [] }: RuleEffects,
  namedIn: (rule: unknown, at: string) => readonly DefinitionReference[],
): readonly DefinitionReference[] {
  return events.flatMap(({ where }, index) => namedIn(where, `/events/${index}/where`));
}
