// Definitions that name something that is not live: a rule whose group was paused, an offer whose placement was archived.
import type { Definitions, LiveDefinition } from "../../definitions/index.ts";
import { createTurn } from "../../kernel/index.ts";
import { type LookedKind, lookedKinds, type Named, namedParts } from "./named-parts.ts";
import { type NotLive, type RuleRef, type RuleWarning, warningOf } from "./rule-warning.ts";

/** A definition of any version; its body fits the schema of its kind. */
export type LookedAt = Pick<LiveDefinition<unknown>, "key" | "name" | "body"> & { readonly kind: LookedKind };

export type NotLiveDeps = {
  readonly definitions: Pick<Definitions, "kinds" | "live">;
  /** Name and status of one that is not live; undefined = there is none, or none any more. */
  readonly find: (named: Named) => Promise<{ readonly name: string; readonly status: string } | undefined>;
  readonly nowMs: number;
  /** Local day of the shop, `YYYY-MM-DD`. */
  readonly today: string;
};

/** Names are looked up in the database one by one: of the others the key is told. */
const maxLookUps = 500;
const shownNames = 10;
const maxWarnings = 2_000;

export function createNotLive({ definitions, find, nowMs, today }: NotLiveDeps) {
  const live = new Map<string, ReadonlySet<string>>();
  const found = new Map<string, NotLive>();
  const kinds = new Map(definitions.kinds().map((each) => [each.kind, each]));

  /** Keys and ids of what is published and not over yet: what is scheduled will come. */
  const liveOf = (kind: string): ReadonlySet<string> => {
    let known = live.get(kind);
    if (!known) {
      // Price rules may have a last day; of other kinds nothing is read.
      const own = definitions
        .live<{ readonly to?: unknown } | null>(kind)
        .filter(({ window }) => window.toMs === null || window.toMs > nowMs)
        .filter(({ body }) => !(isPriceRule(kind) && typeof body?.to === "string" && body.to < today));
      known = new Set(own.flatMap(({ id, key }) => [id, key]));
      live.set(kind, known);
    }
    return known;
  };

  const lookUp = async (named: Named): Promise<NotLive> => {
    const { kind, key } = named;
    const text = `${kind} ${key}`;
    const known = found.get(text);
    if (known) return known;
    const stored = found.size < maxLookUps ? await find(named) : { name: key, status: "" };
    // What is published as far as its status goes is over by its day.
    const status = stored?.status === "live" || stored?.status === "scheduled" ? "ended" : stored?.status;
    const told = { kind, key, name: stored?.name ?? key, status: status ?? "absent" };
    found.set(text, told);
    return told;
  };

  const warningsOf = async ({ kind, key, name, body }: LookedAt): Promise<readonly RuleWarning[]> => {
    const references = kinds.get(kind)?.references?.(body) ?? [];
    const warnings: RuleWarning[] = [];
    for (const { need, names, without, some } of namedParts(kind, body, references)) {
      const gone = names.filter((each) => !liveOf(each.kind).has(each.key));
      if (gone.length === 0) continue;
      const isLacking = need === "each" || (need === "one" && gone.length === names.length);
      const notLive: NotLive[] = [];
      for (const each of gone.slice(0, shownNames)) notLive.push(await lookUp(each));
      warnings.push(
        warningOf({
          code: isLacking ? "lacks_live" : "not_live",
          rule: refOf({ kind, key, name, body }),
          notLive,
          effect: isLacking || need === "none" ? without : some,
        }),
      );
    }
    return warnings;
  };

  return {
    warningsOf,
    /** Of all that is published; in turns of 8 ms. */
    survey: async (): Promise<{ readonly warnings: readonly RuleWarning[]; readonly isCut: boolean }> => {
      const turn = createTurn();
      const warnings: RuleWarning[] = [];
      for (const kind of lookedKinds)
        for (const { key, name, body } of definitions.live(kind)) {
          await turn();
          if (!liveOf(kind).has(key)) continue;
          if (warnings.length >= maxWarnings) return { warnings, isCut: true };
          warnings.push(...(await warningsOf({ kind, key, name, body })));
        }
      return { warnings, isCut: false };
    },
  };
}

const isPriceRule = (kind: string): boolean => kind === "cart-price-rule" || kind === "catalog-price-rule";

function refOf({ kind, key, name, body }: LookedAt): RuleRef {
  // All kinds with a priority have a number.
  const priority = (body as { readonly priority?: number } | null)?.priority;
  return { kind, key, name, ...(typeof priority === "number" ? { priority } : {}) };
}
