import type { DefinitionKind, DefinitionReference } from "../../definitions/index.ts";
import { type ErrorDetail, isObject } from "../../kernel/index.ts";
import { parseDuration } from "../../kernel/rules/index.ts";
import { productConditionsOf } from "./conditions.ts";
import { isZone } from "./local-time.ts";
import { type ReminderBody, type ReminderTrigger, reminderBodySchema } from "./reminder-body.ts";
import { maxRepeatDays, maxRepeats, parseRepeat } from "./step-dates.ts";

const hourMs = 3_600_000;
const maxAfterMs = 365 * 24 * hourMs;

/** What the check needs of the rule language. */
export type ReminderRuleChecks = {
  /** All faults of a rule; each path starts with `prefix`. */
  readonly faultsOf: (
    rule: unknown,
    use: "audience",
    prefix: string,
    timezone?: string | undefined,
  ) => readonly ErrorDetail[];
  readonly compile: (rule: unknown) => { readonly usesContext: boolean; readonly eventLeaves: readonly unknown[] };
  /** The audiences that a rule names. */
  readonly audiencesOf: (rule: unknown, at: string) => readonly DefinitionReference[];
};

/** The definition kind `reminder-rule`. */
export function createReminderKind(rules: ReminderRuleChecks): DefinitionKind<ReminderBody> {
  return {
    kind: "reminder-rule",
    label: "Reminder rule",
    schema: reminderBodySchema,
    check: (body) => [
      ...body.triggers.flatMap((trigger, index) => triggerFaults(rules, trigger, `/triggers/${index}`)),
      ...(body.rule === undefined ? [] : ruleFaults(rules, body.rule, "/rule")),
      ...scheduleFaults(body),
      ...durationFaults(body.quietPeriod, "/quietPeriod"),
      ...durationFaults(body.promotion?.codeLasts, "/promotion/codeLasts"),
      ...codeFaults(body),
      ...(body.timezone === undefined || isZone(body.timezone)
        ? []
        : [{ path: "/timezone", code: "rules.badTimezone", message: `${body.timezone} is no IANA zone` }]),
    ],
    references: (body) => [
      ...(body.promotion
        ? [{ kind: "cart-price-rule", key: body.promotion.cartPriceRule, path: "/promotion/cartPriceRule" }]
        : []),
      ...body.triggers.flatMap(({ where }, index) => rules.audiencesOf(where, `/triggers/${index}/where`)),
      ...rules.audiencesOf(body.rule, "/rule"),
    ],
  };
}

function scheduleFaults({ repeat }: ReminderBody): readonly ErrorDetail[] {
  if (repeat === undefined || parseRepeat(repeat) !== undefined) return [];
  const message = `write at most ${maxRepeats} numbers of days, ascending, 1 to ${maxRepeatDays}, such as 7,14`;
  return [{ path: "/repeat", code: "journeys.badRepeat", message }];
}

/** The first mail's code comes again in the later ones: it must not have ended by then. */
function codeFaults({ promotion, repeat }: ReminderBody): readonly ErrorDetail[] {
  const lastsMs = parseDuration(promotion?.codeLasts);
  const lastDay = parseRepeat(repeat ?? "")?.at(-1) ?? 0;
  if (lastsMs === undefined || lastsMs >= lastDay * 24 * hourMs) return [];
  const message = `the mail after ${lastDay} days would carry a code that has ended: write at least ${lastDay}d`;
  return [{ path: "/promotion/codeLasts", code: "journeys.codeTooShort", message }];
}

function durationFaults(text: string | undefined, path: string): readonly ErrorDetail[] {
  if (text === undefined || parseDuration(text) !== undefined) return [];
  return [{ path, code: "rules.badDuration", message: `${text} is no duration such as 7d` }];
}

function triggerFaults(rules: ReminderRuleChecks, trigger: ReminderTrigger, at: string): readonly ErrorDetail[] {
  const faults = [...ageFaults(trigger, at)];
  const aboutProduct = trigger.kind !== "cart" && trigger.kind !== "wishlist";
  if (trigger.where === undefined) return faults;
  if (!aboutProduct) return [...faults, ...ruleFaults(rules, trigger.where, `${at}/where`)];
  // A condition about the product stands inside of `items`.
  const prefix = `${at}/where`;
  const own = productConditionsOf(trigger).flatMap(({ items: { of } }) =>
    ruleFaults(rules, { items: { of, match: "some", where: trigger.where } }, prefix),
  );
  const known = new Map(own.map((fault) => [`${fault.path} ${fault.code}`, fault]));
  return [
    ...faults,
    ...[...known.values()].map((fault) => ({ ...fault, path: fault.path.replace(`${prefix}/items/where`, prefix) })),
  ];
}

function ageFaults(trigger: ReminderTrigger, at: string): readonly ErrorDetail[] {
  const afterMs = "after" in trigger ? parseDuration(trigger.after) : 0;
  const faults: ErrorDetail[] = [];
  if ("after" in trigger && (afterMs === undefined || afterMs > maxAfterMs || afterMs <= 0))
    faults.push({ path: `${at}/after`, code: "rules.badDuration", message: "write a time up to 365d, such as 1d" });
  if (!("within" in trigger)) return faults;
  const withinMs = parseDuration(trigger.within);
  if (withinMs === undefined || withinMs > 2 * maxAfterMs || withinMs <= (afterMs ?? 0))
    faults.push({
      path: `${at}/within`,
      code: "rules.badWindow",
      message: "must be longer than after, and 730d at most",
    });
  return faults;
}

/** A rule that profiles cannot answer by themselves is refused: it would silently never hold. */
function ruleFaults(rules: ReminderRuleChecks, rule: unknown, at: string): readonly ErrorDetail[] {
  const faults = rules.faultsOf(rule, "audience", at);
  if (faults.length > 0 || !isObject(rule)) return faults;
  const { usesContext, eventLeaves } = rules.compile(rule);
  if (usesContext)
    return [
      { path: at, code: "rules.subjectNotAllowed", message: "context. cannot be used here: nobody visits the shop" },
    ];
  if (eventLeaves.length > 0) {
    const message = "events cannot be counted here: make an audience of this condition and name the audience";
    return [{ path: at, code: "rules.unknownNode", message }];
  }
  return [];
}
