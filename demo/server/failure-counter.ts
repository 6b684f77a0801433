import { ShopError } from "./shop-error.ts";

const maxTracked = 10_000;

/** Counts failures of somebody, so that a password or a code cannot be found by trying. */
export function createFailureCounter(limits: {
  readonly now: () => number;
  readonly max: number;
  readonly windowMs: number;
  readonly message: string;
}) {
  const { now, max, windowMs, message } = limits;
  const failures = new Map<string, { readonly count: number; readonly since: number }>();
  return {
    /** @throws {ShopError} 429 after too many failures */
    check: (who: string): void => {
      const known = failures.get(who);
      if (known && now() - known.since > windowMs) failures.delete(who);
      else if (known && known.count >= max) throw new ShopError(429, "tooManyAttempts", message);
    },
    count: (who: string): void => {
      const known = failures.get(who) ?? { count: 0, since: now() };
      failures.delete(who);
      failures.set(who, { ...known, count: known.count + 1 });
      const oldest = failures.keys().next().value;
      if (failures.size > maxTracked && oldest !== undefined) failures.delete(oldest);
    },
    clear: (who: string): void => {
      failures.delete(who);
    },
  };
}
