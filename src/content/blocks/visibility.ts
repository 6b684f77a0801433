// Who sees a block, and what keeps everybody from seeing it. A block whose audiences have all gone is hidden, not open to everybody:
// that is what has to be said aloud.
import type { LiveDefinition } from "../../definitions/index.ts";
import type { JsonValue } from "../../kernel/index.ts";
import type { BlockBody } from "./block.ts";
import type { priceRuleKinds } from "./block-links.ts";
import type { BlockLinks } from "./judge-block.ts";

export type VisibilityWarning = {
  readonly code: string;
  readonly text: string;
  /** Nobody can see the block as long as this holds. */
  readonly hides: boolean;
};

type Live = <B>(kind: string) => readonly LiveDefinition<B>[];

/** What is live, by key and id: gathered once for many blocks. */
export type LiveNames = {
  readonly isAudience: (reference: string) => boolean;
  /** Undefined = not live; a rule that is over tells its last day. */
  readonly priceRule: (kind: PriceRuleKind, reference: string) => { readonly to?: string | undefined } | undefined;
};
type PriceRuleKind = (typeof priceRuleKinds)[number];

export function liveNames(live: Live): LiveNames {
  type Rule = { readonly to?: string };
  const byKind = new Map<string, ReadonlyMap<string, LiveDefinition<unknown>>>();
  const named = (kind: string) => {
    const known =
      byKind.get(kind) ?? new Map(live(kind).flatMap((each) => [[each.id, each] as const, [each.key, each]]));
    byKind.set(kind, known);
    return known;
  };
  return {
    isAudience: (reference) => named("audience").has(reference),
    // Bodies of these kinds may have a last day.
    priceRule: (kind, reference) => named(kind).get(reference)?.body as Rule | undefined,
  };
}

export type VisibilityInput = {
  readonly body: BlockBody;
  /** Price rules that it is tied to, named by the block or by the rule. */
  readonly links: BlockLinks;
  readonly scope: LiveDefinition<BlockBody>["scope"];
  readonly window: { readonly toMs: number | null };
  readonly isLive: boolean;
  readonly nowMs: number;
  /** Local day of the shop, `YYYY-MM-DD`. */
  readonly today: string;
  readonly names: LiveNames;
  /** Why its rule never holds; undefined = it may. */
  readonly contradictionOf: (rule: JsonValue) => string | undefined;
};

const listed = (keys: readonly string[]) => keys.join(", ");

/** Warnings about a list of which one is enough: some have gone, or all. */
function goneWarnings(
  keys: readonly string[],
  isThere: (key: string) => boolean,
  { code, what, rest }: { readonly code: string; readonly what: string; readonly rest: string },
): readonly VisibilityWarning[] {
  const gone = keys.filter((key) => !isThere(key));
  if (gone.length === 0) return [];
  if (gone.length < keys.length)
    return [{ code: `some_${code}`, text: `${what} not live any more: ${listed(gone)}`, hides: false }];
  return [{ code, text: `${what} not live any more: ${listed(gone)}. ${rest}`, hides: true }];
}

function linkWarnings({ body, links, names, today }: VisibilityInput): readonly VisibilityWarning[] {
  const rules = [
    ...links.cartRules.map((key) => ({ kind: "cart-price-rule", key }) as const),
    ...links.catalogRules.map((key) => ({ kind: "catalog-price-rule", key }) as const),
  ];
  const nameOf = ({ kind, key }: (typeof rules)[number]) => `${kind.split("-")[0]} ${key}`;
  const live = new Map(rules.map((rule) => [nameOf(rule), names.priceRule(rule.kind, rule.key)]));
  const running = [...live].filter(([, rule]) => rule !== undefined);
  const audiences = { code: "audiences_gone", what: "Audiences", rest: "The block is hidden, not shown to everybody" };
  const rest = "The block shows only while one of them applies";
  return [
    ...goneWarnings(body.audiences, names.isAudience, audiences),
    ...goneWarnings(body.externalAudiences ?? [], names.isAudience, { ...audiences, code: "external_audiences_gone" }),
    ...goneWarnings([...live.keys()], (name) => live.get(name) !== undefined, {
      ...{ code: "price_rules_gone", what: "Price rules", rest },
    }),
    ...(running.length > 0 && running.every(([, rule]) => rule?.to !== undefined && rule.to < today)
      ? [
          {
            code: "price_rules_over",
            text: `The last day of its price rules is over: ${listed(running.map(([name]) => name))}. ${rest}`,
            hides: true,
          },
        ]
      : []),
  ];
}

function ruleWarnings({ body, contradictionOf }: VisibilityInput): readonly VisibilityWarning[] {
  const over = body.rule === undefined ? undefined : contradictionOf(body.rule);
  if (over === undefined) return [];
  return [{ code: "rule_impossible", text: `Its rule can never hold: it contradicts itself on ${over}`, hides: true }];
}

function variantWarnings({ body, scope, names }: VisibilityInput): readonly VisibilityWarning[] {
  const { variants = [] } = body;
  const nameOf = (index: number) => variants[index]?.name ?? String(index + 1);
  const catchAll = variants.findIndex(
    ({ storeViews = [], audiences = [] }) => storeViews.length === 0 && audiences.length === 0,
  );
  const warnings: VisibilityWarning[] = [];
  for (const [index, { storeViews = [], audiences = [] }] of variants.entries()) {
    const gone = audiences.filter((key) => !names.isAudience(key));
    if (catchAll !== -1 && index > catchAll)
      warnings.push({
        code: "variant_covered",
        text: `Variant ${nameOf(index)} is never shown: variant ${nameOf(catchAll)} before it fits everybody`,
        hides: false,
      });
    else if (scope.storeViews && storeViews.length > 0 && !storeViews.some((view) => scope.storeViews?.includes(view)))
      warnings.push({
        code: "variant_out_of_scope",
        text: `Variant ${nameOf(index)} is for store views that the block is not for: ${listed(storeViews)}`,
        hides: false,
      });
    else if (gone.length > 0 && gone.length === audiences.length)
      warnings.push({
        code: "variant_audiences_gone",
        text: `Variant ${nameOf(index)} is never shown. Audiences not live any more: ${listed(gone)}`,
        hides: false,
      });
  }
  const hasDefault = body.html !== undefined || body.json !== undefined || catchAll !== -1;
  if (!hasDefault && warnings.length === variants.length)
    warnings.push({ code: "no_content", text: "There is no default, and no variant can be shown", hides: true });
  return warnings;
}

/** Everything that keeps a block, or a part of it, from being seen, as far as it can be known without counting people. */
export function visibilityWarnings(input: VisibilityInput): readonly VisibilityWarning[] {
  const { window, isLive, nowMs } = input;
  return [
    ...(isLive ? [] : [{ code: "not_live", text: "No version is live", hides: true }]),
    ...(window.toMs !== null && window.toMs <= nowMs
      ? [{ code: "schedule_over", text: "Its schedule is over", hides: true }]
      : []),
    ...linkWarnings(input),
    ...ruleWarnings(input),
    ...variantWarnings(input),
  ];
}

/** A block whose audiences are live, but nobody is in any of them. */
export function isForNobody(
  { audiences, externalAudiences = [] }: BlockBody,
  { isAudience, isEmpty }: { readonly isAudience: LiveNames["isAudience"]; readonly isEmpty: (key: string) => boolean },
): boolean {
  return [audiences, externalAudiences].some((keys) => {
    const live = keys.filter(isAudience);
    return live.length > 0 && live.every(isEmpty);
  });
}

export type WhoSees = {
  /** A rule over stored profiles. */
  readonly rule: JsonValue;
  /** The block also asks for what only a request has: fewer may see it than the rule selects. */
  readonly isUpperBound: boolean;
};

/** What of a block can be counted among the stored profiles. */
export function whoSees({ audiences, externalAudiences = [], rule }: BlockBody, links: BlockLinks): WhoSees {
  const text = rule === undefined ? "" : JSON.stringify(rule);
  const asksRequest = /"(?:context|product|cart)\./.test(text);
  const parts: JsonValue[] = [
    ...(audiences.length > 0 ? [{ audience: { ids: [...audiences] } }] : []),
    ...(externalAudiences.length > 0 ? [{ audience: { ids: [...externalAudiences] } }] : []),
    ...(rule !== undefined && !asksRequest ? [rule] : []),
  ];
  const hasPriceRules = links.cartRules.length + links.catalogRules.length > 0;
  return {
    rule: parts.length === 0 ? { everyone: true } : { all: parts },
    isUpperBound: asksRequest || hasPriceRules,
  };
}
