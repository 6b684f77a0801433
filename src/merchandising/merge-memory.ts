// What rules together make of products, kept from one request to the next for each combination of rules, as long as neither the rules
// nor the catalog change.
import type { CatalogSnapshot, ProductPrices } from "../catalog/index.ts";
import type { ListPreview } from "../discovery/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";
import type { CompiledRule, RuleSubject, RuleUse } from "../kernel/rules/index.ts";
import type { ChosenRule } from "./choose-rules.ts";
import type { LiveKinds } from "./live-view.ts";
import type { MerchandisingRequest } from "./merchandised-list.ts";
import { type ConditionTest, createPersonalTest, type MergedEvents, mergeEvents } from "./merge-events.ts";
import type { ProductSets, Quantifier } from "./product-sets.ts";
import type { RuleEvent } from "./rule-events.ts";

export type MergeDeps = {
  readonly catalog: { readonly current: () => CatalogSnapshot };
  readonly sets: ProductSets;
  /** Compiles the rule of an immutable owner, once. */
  readonly compile: (owner: object, rule: unknown, use: RuleUse) => CompiledRule;
  readonly faultsOf: (rule: unknown, use: RuleUse, prefix: string) => readonly ErrorDetail[];
};

export type Merge = { readonly merged: MergedEvents; readonly hidden: ReadonlySet<string> };

const maxMerges = 500;

export function createMergeMemory({ catalog, sets, compile, faultsOf }: MergeDeps) {
  const isProductOnly = createProductOnly(faultsOf);
  const merges = new Map<string, Merge>();
  let followed: LiveKinds | undefined;
  let mergedAt = "";
  const numbers = new WeakMap<ProductPrices, number>();
  let lastNumber = 0;
  const numberOf = (prices: ProductPrices): number => {
    const number = numbers.get(prices) ?? lastNumber + 1;
    lastNumber = Math.max(lastNumber, number);
    numbers.set(prices, number);
    return number;
  };

  const testOf = ({ preview, nowMs, shopper, prices }: MerchandisingRequest) => {
    const at = preview?.asOf ?? nowMs;
    const setOf = isElsewhen(preview) ? sets.passOver : sets.setOf;
    let subject: RuleSubject | undefined;
    return (event: RuleEvent): ConditionTest => {
      if (isProductOnly(event)) {
        const skus = setOf(event.where, quantifierOf(event), at, prices);
        return { has: (sku) => skus.has(sku), skus };
      }
      const rule = compile(event, event.where, "merchandising");
      subject ??= shopper.subject();
      return createPersonalTest(
        (judged) => rule.test(judged, at),
        subject,
        (sku) => sets.factsOf(sku, prices),
      );
    };
  };

  const make = (request: MerchandisingRequest, chosen: readonly ChosenRule[]): Merge => {
    const applied = chosen.map(({ definition: { id, name }, events }) => ({ id, name, events }));
    const snapshot = catalog.current();
    const merged = mergeEvents(applied, (sku) => snapshot.parentOf(sku)?.sku ?? sku, testOf(request));
    return { merged, hidden: merged.hidden() };
  };

  return {
    /** Has the products of every live condition worked out before a request asks for them. */
    follow: (current: LiveKinds): void => {
      if (followed === current) return;
      followed = current;
      merges.clear();
      const events = [...current["search-rule"], ...current["category-rule"]].flatMap(({ body }) => body.events ?? []);
      sets.follow([
        ...events
          .filter((event) => event.where !== undefined && isProductOnly(event))
          .map((event) => ({ where: event.where, quantifier: quantifierOf(event) })),
        ...current["dynamic-category"].map(({ body }) => ({ where: body.where, quantifier: "some" as const })),
      ]);
    },

    /** @param chosen in order of precedence */
    merge: (request: MerchandisingRequest, chosen: readonly ChosenRule[]): Merge => {
      const speaking = chosen.filter((rule) => rule.events.length > 0);
      const events = speaking.flatMap((rule) => rule.events);
      // What depends on the shopper, on a preview or on the time of day is not shared between requests.
      const isShared =
        !isElsewhen(request.preview) &&
        events.every(
          (event) => event.where === undefined || sets.isSteady(event.where, quantifierOf(event), request.prices),
        );
      if (!isShared) return make(request, speaking);
      const stamp = `${sets.version()} ${catalog.current().version}`;
      if (stamp !== mergedAt || merges.size >= maxMerges) merges.clear();
      mergedAt = stamp;
      const isPriced = events.some(({ where }) => sets.readsPrices(where));
      const own = isPriced && request.prices ? ` at ${numberOf(request.prices)}` : "";
      const key = speaking.map(({ definition }) => definition.id).join(" ") + own;
      const known = merges.get(key);
      if (known) return known;
      const made = make(request, speaking);
      merges.set(key, made);
      return made;
    },
  };
}

/** Whether a preview is of other rules or of another time than the present ones. */
export function isElsewhen(preview: ListPreview | undefined): boolean {
  return preview?.draft !== undefined || preview?.asOf !== undefined;
}

/** A product is hidden when all of it is meant, and lifted when one of its variants is. */
function quantifierOf({ action }: RuleEvent): Quantifier {
  return action === "hide" ? "every" : "some";
}

/** Whether a condition asks about products alone; worked out once for each event. */
function createProductOnly(faultsOf: MergeDeps["faultsOf"]): (event: RuleEvent) => boolean {
  const known = new WeakMap<RuleEvent, boolean>();
  return (event) => {
    let isOnly = known.get(event);
    if (isOnly === undefined) {
      isOnly = event.action === "hide" || faultsOf(event.where, "catalog_rule", "").length === 0;
      known.set(event, isOnly);
    }
    return isOnly;
  };
}
