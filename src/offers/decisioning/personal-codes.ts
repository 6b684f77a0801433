// The code that comes with an offer: one a person and cart price rule, for good. The pool makes each exactly once by its key; who has
// which is kept beside, so that it follows a person when profiles are merged.
import type { Clock } from "../../kernel/index.ts";
import type { PersonalCode, PersonalCodeStore } from "./store-codes.ts";

const capacity = 50_000;

/** Who gets the code. The profile is "" for a visitor of whom only the device is known. */
export type CodeHolder = { readonly profileId: string; readonly device: string };

/** Makes a code of the rule's pool; the same key always gives the same code. Undefined: the rule has no pool. */
export type IssueCode = (ruleKey: string, key: string, expires: string | null) => Promise<PersonalCode | undefined>;

export function createPersonalCodes(deps: {
  readonly store: PersonalCodeStore;
  readonly issueCode: IssueCode;
  readonly clock: Clock;
}) {
  const { store, clock } = deps;
  const known = new Map<string, PersonalCode>();
  const making = new Map<string, Promise<PersonalCode | undefined>>();

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

  return {
    /** The visitor's code of a rule, made when there is none; undefined: the rule has no pool. Safe to repeat, also at the same time. */
    take: async (ruleKey: string, who: CodeHolder): Promise<PersonalCode | undefined> => {
      const holder = who.profileId || who.device;
      const key = `${holder} ${ruleKey}`;
      const own = known.get(key);
      if (own) return own;
      const work = making.get(key) ?? make(holder, who, ruleKey).finally(() => making.delete(key));
      making.set(key, work);
      const code = await work;
      if (code) known.set(key, code);
      if (known.size > capacity) {
        const [oldest] = known.keys();
        if (oldest !== undefined) known.delete(oldest);
      }
      return code;
    },
    /** Holders became others, or are forgotten. */
    forget: (holders: readonly string[]): void => {
      const gone = new Set(holders);
      for (const key of known.keys()) if (gone.has(key.slice(0, key.indexOf(" ")))) known.delete(key);
    },
  };
}

export type PersonalCodes = ReturnType<typeof createPersonalCodes>;
