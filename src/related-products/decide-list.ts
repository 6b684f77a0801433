import type { LiveDefinition } from "../definitions/index.ts";
import type { JsonObject, JsonValue } from "../kernel/index.ts";
import type { Cart, Profile } from "../profiles/index.ts";
import type { RelatedProducts } from "./create-related-products.ts";
import { type RelatedListBody, settingsOf } from "./list-kind.ts";

/** What a decider sees of one decision call. */
export type ListContext = {
  readonly nowMs: number;
  readonly storeView: string;
  readonly profile: Profile | null;
  readonly cart: Cart | null;
  readonly items: readonly string[];
  readonly seen: Set<string>;
};

type ListReason = { readonly code: string; readonly text: string; readonly sku?: string };

export type ListDecision =
  | {
      readonly ok: true;
      readonly kind: "related-products";
      readonly value: JsonObject;
      readonly reasons: readonly ListReason[];
      readonly skus: readonly string[];
      readonly scores: readonly number[];
      readonly propensity: number;
      readonly policy: string;
      readonly explain: JsonValue;
    }
  | { readonly ok: false; readonly reason: ListReason };

/** A list as a decider answers it; not ok when it has nothing to show. */
export function createListDecider({ answer }: Pick<RelatedProducts, "answer">) {
  return (definition: LiveDefinition<RelatedListBody>, context: ListContext): ListDecision => {
    const settings = settingsOf(definition);
    const { items, origins, policy, propensity, explain } = answer({ ...context, settings });
    if (items.length === 0) {
      const about = context.items.length === 0 && (context.cart?.items.length ?? 0) === 0;
      const text = about ? "The page is about no product" : "No link and no rule has a product to show here";
      return { ok: false, reason: { code: about ? "no_item" : "empty", text } };
    }
    return {
      ok: true,
      kind: "related-products",
      value: { unitId: definition.id, list: settings.list, label: settings.label, items },
      // One for each product, in order: the log of what was shown tells by them which rule showed what.
      reasons: items.map(({ sku, reasons }, at) => ({
        code: origins[at] ?? "linked",
        text: reasons[0]?.text ?? "",
        sku,
      })),
      skus: items.map(({ sku }) => sku),
      // Rules give no scores.
      scores: items.map(() => 0),
      propensity,
      policy,
      // Read only for a preview.
      get explain(): JsonValue {
        return { ...explain() };
      },
    };
  };
}
