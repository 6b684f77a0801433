// The look of decisions: what is shown beside a page need not be exact, and a page asks far more often than a cart is priced. What was
// read within a second is believed; what is missing or older is read in one statement. Uses that this process counts are seen at once.
import type { Clock } from "../../kernel/index.ts";
import type { RuleIndex } from "./coupon-rule.ts";
import { askedOf, type CodeFacts, type CouponFacts, type CouponHolder, type LookUpDeps, readFacts } from "./look-up.ts";

const maxAgeMs = 1_000;
const capacity = 20_000;

type Read<T> = { readonly at: number; readonly value: T };

/** Removes the oldest when there are too many: a Map keeps the order of insertion. */
function keep<V>(map: Map<string, Read<V>>, key: string, read: Read<V>): void {
  map.delete(key);
  map.set(key, read);
  if (map.size <= capacity) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

const nobody: ReadonlyMap<string, number> = new Map();
const nothing: ReadonlyMap<string, CodeFacts> = new Map();

export function createGlance({ index, read, bindGuests, clock }: LookUpDeps & { readonly clock: Clock }) {
  const codes = new Map<string, Read<CodeFacts | null>>();
  const customers = new Map<string, Read<CouponFacts["usesByCustomer"]>>();
  let budgets: Read<CouponFacts["spent"]> | undefined;
  let known: RuleIndex | undefined;
  /** What was read before a use was counted is not kept. */
  let changes = 0;

  const forget = (): void => {
    changes += 1;
    codes.clear();
    customers.clear();
    budgets = undefined;
  };

  return {
    /** As `look`, at most a second old. */
    glance: async (given: readonly string[], who: CouponHolder): Promise<CouponFacts> => {
      const rules = index();
      if (rules !== known) {
        forget();
        known = rules;
      }
      const at = clock.now();
      const isRecent = (one: Read<unknown> | undefined): boolean => one !== undefined && at - one.at < maxAgeMs;
      const asked = askedOf(given, who, rules, bindGuests);
      const oldCodes = asked.codes.filter((code) => !isRecent(codes.get(code)));
      const { customer } = asked;
      const oldCustomer = customer !== null && !isRecent(customers.get(customer)) ? customer : null;
      const isOld = rules.budgets.length > 0 && !isRecent(budgets);
      const before = changes;
      const facts = await readFacts({ codes: oldCodes, customer: oldCustomer }, rules, isOld, read);
      const uses = oldCustomer === null ? (customers.get(customer ?? "")?.value ?? nobody) : facts.usesByCustomer;
      const spent = isOld ? facts.spent : (budgets?.value ?? facts.spent);
      const found = new Map(facts.codes);
      for (const code of asked.codes) {
        const earlier = codes.get(code)?.value;
        if (earlier && !found.has(code) && !oldCodes.includes(code)) found.set(code, earlier);
      }
      if (before === changes) {
        for (const code of oldCodes) keep(codes, code, { at, value: facts.codes.get(code) ?? null });
        if (oldCustomer !== null) keep(customers, oldCustomer, { at, value: facts.usesByCustomer });
        if (isOld) budgets = { at, value: facts.spent };
      }
      return { codes: found.size === 0 ? nothing : found, usesByCustomer: uses, spent };
    },
    /** Uses were counted or given back. */
    forget,
  };
}
