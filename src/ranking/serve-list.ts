// One list of one shopper: the order by the live ranker, variety and chance, and the log of all of it.
import type { CatalogProduct, CatalogSnapshot, ProductPrices } from "../catalog/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { Profile } from "../profiles/index.ts";
import type { CandidateList, RankingModel, Reorder } from "../search/index.ts";
import type { ShopVectors } from "./cosines.ts";
import { plainDiversity } from "./diversify.ts";
import { featureSet, readFeatures, rowWidth } from "./features.ts";
import type { Impression } from "./impression-log.ts";
import { factsAt, factsOf, type ItemFacts } from "./item-facts.ts";
import type { RankingState } from "./keep-signals.ts";
import { type ListFrame, readList } from "./list-facts.ts";
import { maxMissing, missingShare } from "./ranker.ts";
import { type Chance, createReorder, type ReorderSettings } from "./reorder.ts";
import { signalsOf } from "./signals.ts";
import { readVisitor, sessionOnly } from "./visitor-facts.ts";

/** A list before it is ordered. */
export type RankingContext = {
  readonly kind: "search" | "category";
  /** What the shopper typed, or the path of the category. */
  readonly subject: string;
  readonly storeView: string;
  /** `namespace:value`; empty = nobody: nothing is logged. */
  readonly identityKey: string;
  /** Null = unknown, or personalisation was refused: only what the list and the shop say is used. */
  readonly profile: Profile | null;
  /** Personalisation was refused: nothing of this visitor is logged. */
  readonly isRefused?: boolean;
  /** What a client without a profile says that its shopper looked at, newest first. */
  readonly viewed?: readonly string[];
  readonly isMobile?: boolean;
  readonly referrer?: ListFrame["referrer"];
  /** Number of filters in use. */
  readonly filters?: number;
  readonly offset: number;
  readonly limit: number;
  /** What products cost the shopper; default: what the catalog says. */
  readonly prices?: ProductPrices | undefined;
  /** Arm of an experiment on lists. */
  readonly arm?: string;
  /** False: no chance in this list. */
  readonly explore?: boolean;
  /** False: no learned order in this list. */
  readonly isLearned?: boolean;
  /** False: no variety in this list. */
  readonly isVaried?: boolean;
};

/** What a list is answered with, and what is told back when it has been. */
export type ListRanking = {
  readonly model: RankingModel;
  readonly reorder: Reorder;
  /** Chance with which a product came to its place; 1 = no chance in it. */
  readonly propensityOf: (sku: string) => number;
  /** `ranker/<version>`, or `plain` where no ranker judged the list. Known once the list is ordered. */
  readonly policy: () => string;
  /** Logs the list as it was shown. @param skus of the page, in order, pins included */
  readonly log: (shown: {
    readonly decisionId: string;
    readonly skus: readonly string[];
    readonly scores: readonly number[];
  }) => void;
};

export type RankingSettings = ReorderSettings & {
  /** False: the order without a model, whatever has been trained. */
  readonly isLearned: boolean;
};

export const plainSettings: RankingSettings = {
  isLearned: true,
  diversity: plainDiversity,
  isExploring: true,
  shuffleShare: 0.01,
};

/** Candidates that the live ranker orders. */
const rankedCandidates = 300;
/** Without one, features are only read for the log. */
const loggedCandidates = 100;
const dayMs = 86_400_000;
/** Of the impressions of a day (ranking.md 8.2). */
const maxExploredShare = 0.05;

/** Lower case, words apart by one space: how queries are counted. */
export function normaliseQuery(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, " ").slice(0, 255);
}

/** Impressions and explorations of the day, of this process. */
export function createExplorationBudget(clock: Clock) {
  let day = -1;
  let [shown, explored] = [0, 0];
  const turn = (): void => {
    const today = Math.floor(clock.now() / dayMs);
    if (today === day) return;
    [day, shown, explored] = [today, 0, 0];
  };
  return {
    /** Whether one more is within the day's share, the page at hand included. */
    allows: (limit: number): boolean => {
      turn();
      return explored + 1 <= maxExploredShare * (shown + limit);
    },
    count: (items: number, explorations: number): void => {
      turn();
      shown += items;
      explored += explorations;
    },
    today: () => ({ shown, explored }),
  };
}

export type ServeDeps = {
  readonly catalog: { current(): CatalogSnapshot };
  readonly state: () => RankingState;
  readonly settings: () => RankingSettings;
  readonly clock: Clock;
  readonly budget: ReturnType<typeof createExplorationBudget>;
  readonly logImpression: (impression: Impression) => void;
  /** Default: none; the features that need them have no value then. */
  readonly vectors?: ShopVectors | undefined;
};

type Rows = { readonly values: Float32Array; readonly rowOf: ReadonlyMap<string, number> };

function settingsOf(given: RankingSettings, { isLearned, isVaried }: RankingContext): RankingSettings {
  return {
    ...given,
    isLearned: given.isLearned && isLearned !== false,
    diversity: isVaried === false ? null : given.diversity,
  };
}

export function createListServer(deps: ServeDeps) {
  const counters = { ranked: 0, unable: 0 };
  // One block of memory for all lists: answers are made one after the other, and a list that comes between loses its log only.
  const block = new Float32Array(rankedCandidates * rowWidth);
  let owner: object | undefined;

  const forList = (context: RankingContext): ListRanking => {
    const token = {};
    const nowMs = deps.clock.now();
    const { signals, tree, ranker: trained } = deps.state();
    const settings = settingsOf(deps.settings(), context);
    const ranker = settings.isLearned ? trained : undefined;
    const snapshot = deps.catalog.current();
    const itemOf = itemReader(snapshot, context.prices);
    const query = context.kind === "search" ? normaliseQuery(context.subject) : "";
    const candidates = ranker ? rankedCandidates : loggedCandidates;
    const chances = new Map<string, { readonly propensity: number; readonly chance: Chance }>();
    let rows: Rows | undefined;
    let policy = "plain";

    const frame: ListFrame = {
      kind: context.kind,
      query,
      words: query === "" ? 0 : query.split(" ").length,
      isMobile: context.isMobile ?? false,
      nowMs,
      filters: context.filters ?? 0,
      referrer: context.referrer ?? "other",
    };
    const score = (list: CandidateList): Float64Array | undefined => {
      const visitor = context.profile ? readVisitor(context.profile.state, itemOf, nowMs) : null;
      const session = visitor?.session ?? (context.viewed ? sessionOnly(context.viewed, itemOf, nowMs) : null);
      const facts = readList(
        frame,
        list,
        candidates,
        { signals, tree, vectors: deps.vectors },
        { visitor, session },
        itemOf,
      );
      readFeatures(facts, block);
      owner = token;
      rows = { values: block, rowOf: new Map(list.skus.slice(0, candidates).map((sku, at) => [sku, at])) };
      if (!ranker) return undefined;
      if (missingShare(ranker.flat, block, facts.count, rowWidth) > maxMissing) {
        counters.unable += 1;
        return undefined;
      }
      const scores = new Float64Array(facts.count);
      ranker.flat.score(block, facts.count, scores);
      counters.ranked += 1;
      policy = `ranker/${ranker.version}`;
      return scores.map((value) => 1 / (1 + Math.exp(-value)));
    };
    const isExact = (sku: string): boolean => sku.toLowerCase() === query;
    const reorder: Reorder = (list) =>
      createReorder({
        itemOf,
        knownOf: (sku) => signalsOf(signals, sku),
        exploredOf: (sku) => signals.explored.get(sku) ?? 0,
        seed: `${context.identityKey || nowMs}|${context.kind}|${context.subject}|${Math.floor(nowMs / dayMs)}`,
        query,
        page: { offset: context.offset, limit: context.limit },
        settings:
          context.explore === false || isExact(list.skus[0] ?? "")
            ? { ...settings, isExploring: false, shuffleShare: 0 }
            : settings,
        mayExplore: () => deps.budget.allows(context.limit),
        note: (sku, propensity, chance) => chances.set(sku, { propensity, chance }),
      })(list);

    const log: ListRanking["log"] = ({ decisionId, skus, scores }) => {
      deps.budget.count(skus.length, skus.filter((sku) => chances.get(sku)?.chance === 1).length);
      if (context.identityKey === "" || context.isRefused || skus.length === 0) return;
      deps.logImpression({
        decisionId,
        at: nowMs,
        identityKey: context.identityKey,
        kind: context.kind,
        subject: context.kind === "search" ? query : context.subject,
        storeView: context.storeView,
        isMobile: frame.isMobile,
        isKnown: context.profile !== null,
        arm: context.arm ?? "",
        policy,
        firstSlot: context.offset + 1,
        skus,
        scores,
        propensities: skus.map((sku) => chances.get(sku)?.propensity ?? 1),
        chances: skus.map((sku) => chances.get(sku)?.chance ?? 0),
        featureSet: owner === token && rows ? featureSet : "",
        features: owner === token && rows ? takeRows(rows, skus) : new Float32Array(),
      });
    };

    return {
      model: { candidates, score },
      reorder,
      propensityOf: (sku) => chances.get(sku)?.propensity ?? 1,
      policy: () => policy,
      log,
    };
  };

  return { forList, counters: () => ({ ...counters }) };
}

/** Each product is priced once for a list: features, variety and chance ask for it again. */
function itemReader(snapshot: CatalogSnapshot, prices: ProductPrices | undefined) {
  if (!prices)
    return (sku: string): ItemFacts | undefined => {
      const product = snapshot.parentOf(sku);
      return product && factsOf(product);
    };
  const read = new Map<CatalogProduct, ItemFacts>();
  return (sku: string): ItemFacts | undefined => {
    const product = snapshot.parentOf(sku);
    if (!product) return undefined;
    const known = read.get(product) ?? factsAt(product, prices);
    read.set(product, known);
    return known;
  };
}

/** Rows of the shown products; one that was no candidate, e.g. a pin, has no values. */
function takeRows({ values, rowOf }: Rows, skus: readonly string[]): Float32Array {
  const taken = new Float32Array(skus.length * rowWidth).fill(Number.NaN);
  for (const [at, sku] of skus.entries()) {
    const row = rowOf.get(sku);
    if (row !== undefined) taken.set(values.subarray(row * rowWidth, (row + 1) * rowWidth), at * rowWidth);
  }
  return taken;
}
