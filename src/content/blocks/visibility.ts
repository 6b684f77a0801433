// Who sees a block, and what keeps everybody from seeing it. A block whose audiences have all gone is hidden, not open to everybody:
// that is what has to be said aloud.
import type { LiveDefinition } from "../../definitions/index.ts";
import type { JsonValue } from "../../kernel/index.ts";
import type { BlockBody } from "./block.ts";
import type { BlockLinks } from "./judge-block.ts";

export type VisibilityWarning = {
  readonly code: string;
  readonly text: string;
  /** Nobody can see the block as long as this holds. */
  readonly hides: boolean;
};

type Live = <B>(kind: string) => readonly LiveDefinition<B>[];

export type VisibilityInput = {
  readonly body: BlockBody;
  /** Price rules that it is tied to, named by the block or by the rule. */
  readonly links: BlockLinks;
  readonly scope: LiveDefinition<BlockBody>["scope"];
  readonly window: { readonly toMs: number | null };
  readonly isLive: boolean;
  readonly nowMs: number;
  readonly live: Live;
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

function linkWarnings({ body, links, live }: VisibilityInput): readonly VisibilityWarning[] {
  const references = (kind: string): ((key: string) => boolean) => {
    const known = new Set(live(kind).flatMap(({ id, key }) => [id, key]));
    return (key) => known.has(key);
  };
  const isAudience = references("audience");
  const isCartRule = references("cart-price-rule");
  const isCatalogRule = references("catalog-price-rule");
  const rules = [...links.cartRules.map((key) => `cart ${key}`), ...links.catalogRules.map((key) => `catalog ${key}`)];
  const audiences = { code: "audiences_gone", what: "Audiences", rest: "The block is hidden, not shown to everybody" };
  return [
    ...goneWarnings(body.audiences, isAudience, audiences),
    ...goneWarnings(body.externalAudiences ?? [], isAudience, { ...audiences, code: "external_audiences_gone" }),
    ...goneWarnings(
      rules,
      (name) => (name.startsWith("cart ") ? isCartRule(name.slice(5)) : isCatalogRule(name.slice(8))),
      { code: "price_rules_gone", what: "Price rules", rest: "The block shows only while one of them applies" },
    ),
  ];
}

function variantWarnings({ body, scope }: VisibilityInput): readonly VisibilityWarning[] {
  const { variants = [] } = body;
  const nameOf = (index: number) => variants[index]?.name ?? String(index + 1);
  const catchAll = variants.findIndex(
    ({ storeViews = [], audiences = [] }) => storeViews.length === 0 && audiences.length === 0,
  );
  const warnings: VisibilityWarning[] = [];
  for (const [index, { storeViews = [] }] of variants.entries()) {
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
    ...variantWarnings(input),
  ];
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
