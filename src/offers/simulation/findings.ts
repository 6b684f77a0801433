// What the replay says about rules that get in each other's way.
import type { LineOverlap } from "./line-overlaps.ts";
import type { Finding, RuleResult } from "./report.ts";

export const maxOverlaps = 20;

export type FindingsOf = {
  readonly orders: number;
  readonly rules: ReadonlyMap<
    string,
    Pick<RuleResult, "key" | "name" | "orders" | "belowFloor"> & { readonly missed: ReadonlyMap<string, number> }
  >;
  readonly overlaps: { readonly most: (limit: number) => readonly LineOverlap[] };
  readonly start: {
    readonly marginFloor: number;
    /** Rules that are looked at. */
    readonly draft: readonly { readonly key: string }[];
  };
};

/**
 * Rules of the draft that never reach an order, are always stopped, undercut the margin floor, or meet on the same lines.
 *
 * @param noun what was judged, in the plural
 */
export function findingsOf(
  { rules, overlaps, start, orders }: FindingsOf,
  noun: "orders" | "carts" = "orders",
): readonly Finding[] {
  if (orders === 0) return [];
  const inDraft = new Set(start.draft.map(({ key }) => key));
  const found: Finding[] = [];
  for (const { key, name, orders: applied, missed, belowFloor } of rules.values()) {
    if (!inDraft.has(key)) continue;
    const superseded = missed.get("superseded") ?? 0;
    if (applied.draft === 0 && superseded > 0)
      found.push({
        ...{ code: "alwaysShadowed", rules: [key], orders: superseded },
        text: `${name} would hold for ${superseded} ${noun}, but earlier rules stop it in all of them`,
      });
    else if (applied.draft === 0)
      found.push({
        ...{ code: "neverReached", rules: [key], orders: 0 },
        text: `${name} reaches none of ${orders} ${noun}: ${mostOften(missed, noun)}`,
      });
    if (belowFloor > 0)
      found.push({
        ...{ code: "belowFloor", rules: [key], orders: belowFloor },
        text: `${name} takes lines of ${belowFloor} ${noun} below the margin floor of ${Math.round(start.marginFloor * 1000) / 10} %`,
      });
  }
  for (const { rules: keys, orders: times } of overlaps.most(maxOverlaps)) {
    const names = keys.map((key) => rules.get(key)?.name ?? key);
    found.push({
      ...{ code: "overlap", rules: keys, orders: times },
      text: `${names.join(" and ")} both discount the same lines in ${times} ${noun}`,
    });
  }
  return found;
}

function mostOften(missed: ReadonlyMap<string, number>, noun: string): string {
  const [most] = [...missed].sort((a, b) => b[1] - a[1]);
  switch (most?.[0]) {
    case "conditions_not_met":
      return "its conditions hold for none";
    case "no_matching_items":
      return "no cart has a line that it is for";
    case "superseded":
      return "earlier rules stop it";
    case "no_rate":
      return `it names no amount in the currency of these ${noun}, and there is no rate`;
    default:
      return "website, customer group, store view or a missing coupon code keeps it from every one";
  }
}
