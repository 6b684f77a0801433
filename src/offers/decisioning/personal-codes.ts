// The code that comes with an offer: one a person and cart price rule, for good. The pool makes each exactly once by its key; who has
// which is kept beside, so that it follows a person when profiles are merged.
import type { Clock } from "../../kernel/index.ts";
import type { PersonalCode, PersonalCodeStore } from "./store-codes.ts";

const capacity = 50_000;
/** What was read of uses, and of persons without a code, is believed for so long. */
const maxAgeMs = 1_000;

/** Who gets the code. The profile is "" for a visitor of whom only the device is known. */
export type CodeHolder = { readonly profileId: string; readonly device: string };

/** Makes a code of the rule's pool; the same key always gives the same code. Undefined: the rule has no pool. */
export type IssueCode = (ruleKey: string, key: string, expires: string | null) => Promise<PersonalCode | undefined>;

/** Removes the oldest when there are too many: a Map keeps the order of insertion. */
function bound<K, V>(map: Map<K, V>): void {
  if (map.size <= capacity) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

export function createPersonalCodes(deps: {
  readonly store: PersonalCodeStore;
  readonly issueCode: IssueCode;
  /** Those of these codes that an order has used or reserved. */
  readonly usedCodes: (codes: readonly string[]) => Promise<readonly string[]>;
  readonly clock: Clock;
}) {
  const { store, clock } = deps;
  const known = new Map<string, PersonalCode>();
  const making = new Map<string, Promise<PersonalCode | undefined>>();
  /** Codes of holders that were looked up. */
  const askedAt = new Map<string, number>();
  const codesOf = new Map<string, readonly string[]>();
  const uses = new Map<string, { readonly isUsed: boolean; readonly readAt: number }>();
  /** A look that began before a use was told must not say that there was none. */
  let told = 0;

  const isRecent = (at: number | undefined): boolean => at !== undefined && clock.now() - at < maxAgeMs;
  const learn = (holder: string, ruleKey: string, code: PersonalCode): void => {
    known.set(`${holder} ${ruleKey}`, code);
    bound(known);
  };

  const readUses = async (codes: readonly string[]): Promise<void> => {
    const asked = codes.filter((code) => !isRecent(uses.get(code)?.readAt));
    if (asked.length === 0) return;
    const [readAt, before] = [clock.now(), told];
    const used = new Set(await deps.usedCodes(asked));
    for (const code of asked) {
      uses.delete(code);
      uses.set(code, { isUsed: used.has(code), readAt: told === before ? readAt : Number.NEGATIVE_INFINITY });
      bound(uses);
    }
  };
  const find = async (
    holder: string,
    { profileId, device }: CodeHolder,
    ruleKey: string,
  ): Promise<PersonalCode | undefined> => {
    const own = await store.of(holder, ruleKey);
    if (own || profileId === "" || device === "") return own;
    await store.adopt(device, profileId, ruleKey);
    return store.of(holder, ruleKey);
  };
  const make = async (holder: string, who: CodeHolder, ruleKey: string): Promise<PersonalCode | undefined> => {
    const own = await find(holder, who, ruleKey);
    if (own) return own;
    const issued = await deps.issueCode(ruleKey, `offer ${ruleKey} ${holder}`, null);
    return issued && store.keep(holder, ruleKey, issued, clock.now());
  };
  const codeOf = async (ruleKey: string, who: CodeHolder): Promise<PersonalCode | undefined> => {
    const holder = who.profileId || who.device;
    const key = `${holder} ${ruleKey}`;
    const own = known.get(key);
    if (own) return own;
    const work = making.get(key) ?? make(holder, who, ruleKey).finally(() => making.delete(key));
    making.set(key, work);
    const code = await work;
    if (code) learn(holder, ruleKey, code);
    return code;
  };

  return {
    /**
     * The visitor's code of a rule, made when there is none; undefined: the rule has no pool. Safe to repeat, also at the same time.
     * That it is used is known within a second.
     */
    take: async (
      ruleKey: string,
      who: CodeHolder,
    ): Promise<(PersonalCode & { readonly isUsed: boolean }) | undefined> => {
      const code = await codeOf(ruleKey, who);
      if (!code) return undefined;
      await readUses([code.code]);
      return { ...code, isUsed: uses.get(code.code)?.isUsed ?? false };
    },
    /** Reads the codes of holders, and whether they are used, where it is not known or a second old: two queries at most. */
    lookUp: async (holders: readonly string[]): Promise<void> => {
      const asked = holders.filter((holder) => !isRecent(askedAt.get(holder)));
      if (asked.length > 0) {
        const askedFrom = clock.now();
        const found = await store.ofHolders(asked);
        for (const { holder, ruleKey, code } of found) learn(holder, ruleKey, code);
        for (const holder of asked) {
          const codes = found.filter((one) => one.holder === holder).map(({ code }) => code.code);
          askedAt.delete(holder);
          askedAt.set(holder, askedFrom);
          bound(askedAt);
          if (codes.length > 0) codesOf.set(holder, codes);
          else codesOf.delete(holder);
          bound(codesOf);
        }
      }
      await readUses(holders.flatMap((holder) => codesOf.get(holder) ?? []));
    },
    /** Whether the code that a visitor has of a rule is used, as far as `lookUp` knows. The first holder who has one counts. */
    isUsed: (holders: readonly string[], ruleKey: string): boolean => {
      for (const holder of holders) {
        const own = known.get(`${holder} ${ruleKey}`);
        if (own) return uses.get(own.code)?.isUsed ?? false;
      }
      return false;
    },
    /** Orders have used codes or given them back: they are read anew. */
    changed: (codes: readonly string[]): void => {
      told += 1;
      for (const code of codes) uses.delete(code);
    },
    /** Job, each second: what other processes counted is read with the next decision. */
    refresh: (): void => {
      uses.clear();
      askedAt.clear();
    },
    /** Holders became others, or are forgotten. */
    forget: (holders: readonly string[]): void => {
      const gone = new Set(holders);
      // Keys of rules have no blanks.
      for (const key of known.keys()) if (gone.has(key.slice(0, key.lastIndexOf(" ")))) known.delete(key);
      for (const holder of holders) {
        askedAt.delete(holder);
        codesOf.delete(holder);
      }
    },
  };
}

export type PersonalCodes = ReturnType<typeof createPersonalCodes>;
