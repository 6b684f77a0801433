// What the serving versions say of one person. Pure.
import type { JsonValue } from "../../kernel/index.ts";
import { type Prediction, type ProfileState, refusesPersonalisation } from "../../profiles/index.ts";
import { customerValueModel } from "../customer-value/index.ts";
import { placeOf, readFeatures } from "../features/features.ts";
import { readHistory, type ShopperHistory, type ToMinor } from "../features/shopper-history.ts";
import { isScored } from "../features/snapshots.ts";
import { nearestCentre, scaledRow, squaredDistance } from "../learners/cluster-people.ts";
import { meaningOf, rawScore } from "../training/score-model.ts";
import type { ServingModel } from "./read-artefacts.ts";

export type Scores = Readonly<Record<string, Prediction>>;

type Said = { readonly trait: string; readonly value: JsonValue; readonly confidence?: number | undefined };
type ValueServing = Extract<ServingModel, { kind: "customer_value" }>;

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Place of a score among people outside of the audience, 0..1; 1 = most alike. */
function rankOf(ranks: readonly number[], score: number): number {
  let [low, high] = [0, ranks.length - 1];
  if (score <= (ranks[0] ?? 0)) return 0;
  if (score >= (ranks[high] ?? 0)) return 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((ranks[middle] ?? 0) <= score) low = middle;
    else high = middle;
  }
  const [below, above] = [ranks[low] ?? 0, ranks[high] ?? 0];
  const part = above === below ? 0 : (score - below) / (above - below);
  return (low + part) / (ranks.length - 1);
}

function customerValue({ model }: ValueServing, profileId: string, history: ShopperHistory): readonly Said[] {
  const own = customerValueModel.score(model, { customerId: profileId, orders: history.orders }, history.nowMs);
  if (!own) return [];
  const { clv_12m, p_alive, churn_probability, expected_orders_30d, next_order_at, rfm } = own;
  const said: readonly (readonly [string, JsonValue | null])[] = [
    ["clv_12m", clv_12m],
    ["p_alive", p_alive === null ? null : rounded(p_alive)],
    ["churn_probability", rounded(churn_probability)],
    ["expected_orders_30d", expected_orders_30d === null ? null : rounded(expected_orders_30d)],
    ["next_order_at", next_order_at],
    ["rfm", { r: rfm.r, f: rfm.f, m: rfm.m, score: rfm.text, segment: rfm.segment }],
  ];
  return said.flatMap(([trait, value]) => (value === null ? [] : [{ trait, value }]));
}

function sayings(
  serving: ServingModel,
  profileId: string,
  state: ProfileState,
  history: ShopperHistory,
  read: (name: string) => number,
  options: ScoreOptions,
): readonly Said[] {
  switch (serving.kind) {
    case "customer_value":
      return customerValue(serving, profileId, history);
    case "clusters": {
      const { model } = serving;
      const row = scaledRow(model, (feature) => read(model.features[feature] ?? ""));
      const nearest = nearestCentre(model.centres, row);
      const distances = model.centres.map((centre) => Math.sqrt(squaredDistance(centre, row))).sort((a, b) => a - b);
      const [own = 0, next = 0] = distances;
      const confidence = next === 0 ? 0 : rounded(1 - own / next);
      return [{ trait: serving.trait, value: model.ids[nearest] ?? "", confidence }];
    }
    case "lookalike": {
      const audienceId = options.audienceId(serving.audience);
      // Members are what others are compared with.
      if (audienceId !== undefined && Object.hasOwn(state.memberships, audienceId)) return [];
      const { model } = serving;
      const score = rawScore(model, (feature) => read(model.features[feature] ?? ""));
      return [{ trait: serving.trait, value: rounded(rankOf(model.ranks, score)) }];
    }
    case "score": {
      const { model } = serving;
      if (serving.customersOnly && history.orders.length + history.earlierOrders === 0) return [];
      const own = (feature: number): number => read(model.features[feature] ?? "");
      const meaning = meaningOf(model, rawScore(model, own), own);
      const value =
        model.meaning.kind === "probability"
          ? rounded(meaning)
          : { minor: Math.round(meaning), currency: options.currency };
      return [{ trait: serving.trait, value }];
    }
  }
}

export type ScoreOptions = {
  readonly toMinor: ToMinor;
  readonly currency: string;
  readonly audienceId: (key: string) => string | undefined;
};

/** Scores by trait; none of a person who does not want to be personalised, or who has not been seen for long. */
export function scoreProfile(
  models: readonly ServingModel[],
  profileId: string,
  state: ProfileState,
  nowMs: number,
  options: ScoreOptions,
): Scores {
  if (models.length === 0 || refusesPersonalisation(state)) return {};
  const history = readHistory(state, nowMs, options.toMinor);
  if (!isScored(history)) return {};
  const values = readFeatures(history);
  const read = (name: string): number => values[placeOf.get(name) ?? -1] ?? Number.NaN;
  const scores: Record<string, Prediction> = {};
  // Customer value first: where a trained model answers the same question, that one holds.
  for (const serving of [...models].sort((a, b) => rankOfKind(a) - rankOfKind(b)))
    for (const { trait, value, confidence = serving.confidence } of sayings(
      serving,
      profileId,
      state,
      history,
      read,
      options,
    ))
      scores[trait] = {
        value,
        model: serving.key,
        version: String(serving.version),
        computedAt: nowMs,
        ...(confidence === undefined ? {} : { confidence }),
      };
  return scores;
}

const rankOfKind = ({ kind }: ServingModel): number => (kind === "customer_value" ? 0 : 1);

const smallestStep = 0.005;
const smallestShare = 0.01;
const maxAgeMs = 7 * 86_400_000;

function isClose(a: JsonValue, b: JsonValue): boolean {
  if (typeof a === "number" && typeof b === "number") return Math.abs(a - b) <= smallestStep;
  const [x, y] = [minorOf(a), minorOf(b)];
  if (x !== undefined && y !== undefined) return Math.abs(x - y) <= smallestShare * Math.max(Math.abs(x), Math.abs(y));
  return JSON.stringify(a) === JSON.stringify(b);
}

function minorOf(value: JsonValue): number | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { minor } = value as Readonly<Record<string, JsonValue>>;
  return typeof minor === "number" ? minor : undefined;
}

/**
 * What of a person's predictions is to be written: new values, and those of models that say nothing any more (null). Undefined when
 * nothing changed enough to be worth a write: a daily run over a million people must not write a million profiles.
 *
 * @param isOurs whether a trait is written by models at all
 */
export function changesOf(
  known: ProfileState["predictions"],
  scores: Scores,
  isOurs: (trait: string, prediction: Prediction) => boolean,
): Readonly<Record<string, Prediction | null>> | undefined {
  const changes: Record<string, Prediction | null> = {};
  for (const [trait, score] of Object.entries(scores)) {
    const before = Object.hasOwn(known, trait) ? known[trait] : undefined;
    const isSame =
      before?.model === score.model &&
      before.version === score.version &&
      score.computedAt - before.computedAt < maxAgeMs &&
      isClose(before.value, score.value);
    if (!isSame && !(before && before.computedAt > score.computedAt)) changes[trait] = score;
  }
  for (const [trait, prediction] of Object.entries(known))
    if (!Object.hasOwn(scores, trait) && isOurs(trait, prediction)) changes[trait] = null;
  return Object.keys(changes).length === 0 ? undefined : changes;
}

/** Predictions with changes; a newer one of somebody else stays. */
export function withChanges(
  known: ProfileState["predictions"],
  changes: Readonly<Record<string, Prediction | null>>,
): ProfileState["predictions"] {
  const next: Record<string, Prediction> = { ...known };
  for (const [trait, change] of Object.entries(changes)) {
    const before = Object.hasOwn(next, trait) ? next[trait] : undefined;
    if (change === null) delete next[trait];
    else if (!before || before.computedAt <= change.computedAt) next[trait] = change;
  }
  return next;
}
