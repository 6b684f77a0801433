import { ClienteleError, type Clock, sha256Hex } from "../../kernel/index.ts";
import { type CodeSpec, createCodeMaker, defaultSpec } from "./code-format.ts";
import type { CodeStore, IssuedCode } from "./store-codes.ts";
import type { JobStore } from "./store-jobs.ts";

/** A shape that is allowed hits a known code once in 10,000 tries. */
const maxTries = 5;

/**
 * Makes codes for one recipient each. A new code instead of one that lies in the pool: those may have been printed or sent already.
 */
export function createIssueCode({
  store,
  jobs,
  clock,
}: {
  readonly store: CodeStore;
  readonly jobs: JobStore;
  readonly clock: Clock;
}) {
  /**
   * A code that can be used once, in the newest pool of a rule and of the shape of its latest generation. The same key gives the same
   * code again, also at the same time and after a crash.
   *
   * @param expires last local day, YYYY-MM-DD; null = as long as the rule
   * @returns undefined when the rule has no pool
   */
  return async (ruleKey: string, idempotencyKey: string, expires: string | null): Promise<IssuedCode | undefined> => {
    const key = sha256Hex(idempotencyKey);
    const known = await store.issued(key);
    if (known) return known;
    const [pool] = await store.pools({ ruleKey }, 1);
    if (!pool) return undefined;
    const [latest] = await jobs.jobsOf(pool.id, 1);
    const spec: CodeSpec = latest?.spec ?? defaultSpec;
    const make = createCodeMaker(spec);
    for (let attempt = 0; attempt < maxTries; attempt += 1) {
      const issued = await store.issue({ key, poolId: pool.id, code: make(), expires }, clock.now());
      if (issued) return issued;
    }
    throw new ClienteleError("coupons.busy", `no new code of the pool ${pool.id} was found: make its codes longer`);
  };
}
