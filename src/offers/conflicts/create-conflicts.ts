import { type Clock, createTurn, type Logger } from "../../kernel/index.ts";
import { type CartRuleLook, costFactor, pieceOf } from "../cart-rules/index.ts";
import type { CatalogRuleLook } from "../catalog-rules/index.ts";
import { namedAudiences } from "./named-audiences.ts";
import { compareWarnings, type RuleWarning } from "./rule-warning.ts";
import { surveyCartRules } from "./survey-cart-rules.ts";
import { surveyCatalogRules } from "./survey-catalog-rules.ts";

export type ConflictsDeps = {
  readonly cart: (nowMs: number) => CartRuleLook;
  readonly catalog: (nowMs: number) => CatalogRuleLook;
  /** What the answer hangs on beside products: each the same object until it changes. */
  readonly basis: () => readonly unknown[];
  /** Definitions that name something that is not live. */
  readonly notLive: {
    /** What the answer hangs on: each the same object until it changes. */
    readonly basis: () => readonly unknown[];
    readonly survey: (nowMs: number) => Promise<{ readonly warnings: readonly RuleWarning[]; readonly isCut: boolean }>;
  };
  /** Changes with every change of a product. */
  readonly catalogVersion: () => number;
  readonly isAudience: (reference: string) => boolean;
  /** Whether a live audience surely has nobody in it. */
  readonly isEmptyAudience: (reference: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** What was found, and from when it is. */
export type Conflicts = {
  readonly state: "computing" | "ready";
  /** Unix milliseconds; null = nothing was computed yet. */
  readonly computedAt: number | null;
  readonly rules: number;
  readonly products: number;
  readonly isCut: boolean;
  readonly warnings: readonly RuleWarning[];
};

const nothing: Omit<Conflicts, "state"> = { computedAt: null, rules: 0, products: 0, isCut: false, warnings: [] };
/** Products change all day long: their changes are looked at so often, those of rules at once. */
const catalogPauseMs = 10 * 60_000;
/** Days end, and audiences fill. */
const maxAgeMs = 60 * 60_000;
const maxAudiences = 1_000;

type Known = { readonly basis: readonly unknown[]; readonly catalogVersion: number; readonly at: number };

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((each, at) => each === b[at]);

/**
 * Warnings over all published price rules, and over what else names something that is not live: worked out in the background when
 * somebody asks and something has changed, in turns of 8 ms, one at a time in a process. Until it is done the former ones are told.
 */
export function createConflicts(deps: ConflictsDeps) {
  const { clock, logger } = deps;
  let last = nothing;
  let known: Known | undefined;
  /** Apart: an edit of a block must not compare thousands of rules again. */
  let named: Omit<Known, "catalogVersion"> | undefined;
  let ofRules: readonly RuleWarning[] = [];
  let ofNames: { readonly warnings: readonly RuleWarning[]; readonly isCut: boolean } = { warnings: [], isCut: false };
  let areRulesCut = false;
  let running: Promise<void> | undefined;

  const areRulesCurrent = (): boolean => {
    if (!known || !isSame(deps.basis(), known.basis)) return false;
    const age = clock.now() - known.at;
    return age < maxAgeMs && (age < catalogPauseMs || known.catalogVersion === deps.catalogVersion());
  };
  const areNamesCurrent = (): boolean =>
    named !== undefined && clock.now() - named.at < maxAgeMs && isSame(deps.notLive.basis(), named.basis);

  const emptyOf = async (cart: CartRuleLook, catalog: CatalogRuleLook): Promise<ReadonlySet<string>> => {
    const turn = createTurn();
    const named = new Set(catalog.rules.flatMap(({ audiences }) => audiences));
    for (const { conditions } of cart.rules) {
      await turn();
      if (conditions) for (const each of namedAudiences(conditions.node)) named.add(each);
    }
    const empty = new Set<string>();
    for (const each of [...named].slice(0, maxAudiences))
      if (deps.isAudience(each) && (await deps.isEmptyAudience(each))) empty.add(each);
    return empty;
  };

  const compareRules = async (at: number): Promise<void> => {
    const startedAt = performance.now();
    const [cart, catalog] = [deps.cart(at), deps.catalog(at)];
    const empty = await emptyOf(cart, catalog);
    const audiences = { isAudience: deps.isAudience, isEmpty: (key: string) => empty.has(key) };
    const ofCart = await surveyCartRules(cart, audiences);
    const ofCatalog = await surveyCatalogRules(catalog, {
      ...{ audiences, currency: cart.currency },
      pieceOf: (sku) => pieceOf(sku, cart.marginFactor ?? costFactor, cart),
    });
    ofRules = [...ofCart.warnings, ...ofCatalog.warnings];
    areRulesCut = ofCart.isCut || ofCatalog.isCut;
    last = {
      ...last,
      rules: ofCart.rules + ofCatalog.rules,
      products: Math.max(ofCart.looked, ofCatalog.looked),
    };
    const tookMs = Math.round(performance.now() - startedAt);
    logger.info({ rules: last.rules, warnings: ofRules.length, tookMs }, "conflicts of price rules found");
  };

  const compute = async (): Promise<void> => {
    const at = clock.now();
    const taken = { basis: deps.basis(), catalogVersion: deps.catalogVersion(), at };
    const takenNames = { basis: deps.notLive.basis(), at };
    const mustCompare = !areRulesCurrent();
    try {
      if (mustCompare) await compareRules(at);
      if (!areNamesCurrent()) ofNames = await deps.notLive.survey(at);
      const warnings = [...ofRules, ...withoutTold(ofNames.warnings, ofRules)].sort(compareWarnings);
      last = { ...last, computedAt: at, isCut: areRulesCut || ofNames.isCut, warnings };
    } catch (cause) {
      logger.error({ err: cause }, "conflicts of price rules could not be found; the former ones stay");
    }
    // After a failure too: the next look is due when something changes.
    if (mustCompare) known = taken;
    named = takenNames;
    running = undefined;
  };

  return {
    /** What is known now. Starts to find out anew where something has changed since. */
    current: (): Conflicts => {
      if (!running && !(areRulesCurrent() && areNamesCurrent())) running = compute();
      return { ...last, state: running ? "computing" : "ready" };
    },
    /** Resolves when nothing is being found out. */
    settled: async (): Promise<void> => {
      while (running) await running;
    },
  };
}

export type ConflictFinder = ReturnType<typeof createConflicts>;

/** Without the audiences of rules of which it is said already that none of theirs is live. */
function withoutTold(warnings: readonly RuleWarning[], told: readonly RuleWarning[]): readonly RuleWarning[] {
  const nameOf = ({ rule }: RuleWarning) => `${rule.kind} ${rule.key}`;
  const gone = new Set(told.filter(({ code }) => code === "audiences_gone").map(nameOf));
  return warnings.filter((each) => !(gone.has(nameOf(each)) && each.notLive?.every(({ kind }) => kind === "audience")));
}
