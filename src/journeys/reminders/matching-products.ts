// Which products a trigger is about: each is judged by itself, as if the customer had met no other.
import type { CompiledRule, RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import { exceptionOf, type ProductCondition, productConditionsOf } from "./conditions.ts";
import type { ReminderTrigger } from "./reminder-body.ts";

type Source = ProductCondition["items"]["of"];

/** The conditions of a trigger on one product, compiled. */
export type ProductTests = readonly {
  readonly of: Source;
  readonly rule: CompiledRule;
  /** Must not hold for the product. */
  readonly except: CompiledRule | undefined;
}[];

/** Looked at of one customer, the newest first. */
const mostProducts = 300;

export function productTestsOf(trigger: ReminderTrigger, compile: (rule: unknown) => CompiledRule): ProductTests {
  const exception = exceptionOf(trigger);
  return productConditionsOf(trigger).map((condition) => ({
    of: condition.items.of,
    rule: compile(condition),
    except: exception && compile(exception),
  }));
}

/** The customer as if there were these elements of a collection only. */
function withElements(subject: RuleSubject, of: Source, elements: readonly RuleObject[]): RuleSubject {
  return { ...subject, list: (each) => (each === of ? elements : (subject.list?.(each) ?? [])) };
}

/** SKUs of the products that meet a trigger's conditions by themselves: a variant's own price and stock count, not its parent's. */
export function matchingProducts(tests: ProductTests, subject: RuleSubject, nowMs: number): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { of, rule, except } of tests) {
    const bySku = new Map<string, RuleObject[]>();
    for (const element of subject.list?.(of) ?? []) {
      const { sku } = element;
      if (typeof sku !== "string") continue;
      const { children: _parent, ...own } = element;
      const known = bySku.get(sku);
      if (known) known.push(own);
      else if (bySku.size < mostProducts) bySku.set(sku, [own]);
    }
    for (const [sku, elements] of bySku) {
      if (found.has(sku)) continue;
      const alone = withElements(subject, of, elements);
      if (rule.test(alone, nowMs) && !except?.test(alone, nowMs)) found.add(sku);
    }
  }
  return found;
}
