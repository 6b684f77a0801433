// A changed order line by line, with the rules that came out differently; nothing in it names the order or its shopper.
import { localDateText, localDayOf } from "../../kernel/rules/index.ts";
import { failingLeaf } from "../cart-rules/engine.ts";
import type { Outcome } from "./add-up.ts";
import { givenBy, givenByRule } from "./given.ts";
import type { SampledOrder, SampledRule, Side } from "./report.ts";

const sides = ["live", "draft"] as const;

export type SampledPlace = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly storeView: string;
  readonly timezone: string;
};

/** @param outcome explained, for the conditions that failed */
export function sampledOrder({ live, draft }: Outcome, { at, storeView, timezone }: SampledPlace): SampledOrder {
  const { currency } = live.cart.input;
  const discount = { live: givenBy(live), draft: givenBy(draft) };
  return {
    day: localDateText(localDayOf(at, timezone)),
    ...{ storeView, currency, discount, subtotal: live.subtotal },
    lines: live.units.map(({ discount: before }, at) => {
      const unit = live.cart.units[at];
      const { name, product } = (unit?.facts ?? {}) as { name?: unknown; product?: { name?: unknown } };
      const shown = name ?? product?.name;
      return {
        sku: unit?.sku ?? "",
        name: typeof shown === "string" ? shown : "",
        qty: Number(unit?.qty ?? 0n) / 1_000_000,
        discount: { live: before, draft: draft.units[at]?.discount ?? 0 },
      };
    }),
    rules: rulesOf({ live, draft }),
  };
}

/** Rules that came out differently. */
function rulesOf(outcome: Outcome): readonly SampledRule[] {
  const given = { live: givenByRule(outcome.live), draft: givenByRule(outcome.draft) };
  const byKey = (side: Side) => new Map(outcome[side].verdicts.map((verdict) => [verdict.rule.key, verdict]));
  const verdicts = { live: byKey("live"), draft: byKey("draft") };
  const keys = new Set(sides.flatMap((side) => [...verdicts[side].keys()]));
  return [...keys].flatMap((key): readonly SampledRule[] => {
    const [before, after] = [verdicts.live.get(key), verdicts.draft.get(key)];
    const discount = { live: given.live.get(key) ?? 0, draft: given.draft.get(key) ?? 0 };
    if (before?.outcome === after?.outcome && discount.live === discount.draft) return [];
    const failed = [after, before].find((each) => each?.outcome === "conditions_not_met");
    const leaf =
      failed?.conditions && failed.rule.conditions && failingLeaf(failed.rule.conditions.node, failed.conditions);
    return [
      {
        rule: key,
        outcome: { live: before?.outcome ?? null, draft: after?.outcome ?? null },
        discount,
        // Its path, not its sentence: the sentence may tell what was seen of the shopper.
        ...(leaf ? { failing: leaf.path ?? leaf.node } : {}),
      },
    ];
  });
}
