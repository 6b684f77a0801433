import type { ClickHouse } from "../../storage/index.ts";
import type { ModelChoice } from "./decide-policy.ts";

// ClickHouse writes 64-bit numbers as text or number, by version and setting.
type Num = number | string;

const timeoutMs = 120_000;
/** An event that names its decision belongs to it, however late it comes within the window. */
const inWindow = "e.ts >= d.ts and e.ts < d.ts + toIntervalHour({hours:UInt32})";

export type LoggedRow = {
  readonly ts: number;
  readonly version: number;
  readonly inputs: readonly number[];
  readonly candidates: readonly string[];
  readonly offers: readonly string[];
  readonly propensities: readonly number[];
  readonly explored: boolean;
  /** Offers that led to the goal; an event that names none counts for all of them. */
  readonly won: readonly string[];
};

type Row = {
  ts: Num;
  model_version: Num;
  inputs: readonly number[];
  candidates: readonly string[];
  offers: readonly string[];
  propensities: readonly number[];
  is_explored: Num;
  won: readonly string[];
};

export function toChoiceRow(choice: ModelChoice): object {
  return {
    decision_id: choice.decisionId,
    ts: choice.at,
    model_key: choice.modelKey,
    model_version: choice.modelVersion,
    placement: choice.placement,
    input_set: choice.inputSet,
    inputs: choice.inputs,
    candidates: choice.candidates,
    offers: choice.offers,
    propensities: choice.propensities,
    propensity_error: choice.propensityError,
    is_explored: choice.isExplored ? 1 : 0,
  };
}

/** Names in an event's propositions; all of the decision's offers where it names none. */
const namedOffers = `arrayFilter(x -> x != '', arrayConcat(
  arrayMap(p -> JSONExtractString(p, 'itemId'), JSONExtractArrayRaw(e.properties, 'propositions')),
  arrayMap(p -> JSONExtractString(p, 'activityId'), JSONExtractArrayRaw(e.properties, 'propositions')),
  [JSONExtractString(e.properties, 'offerId'), JSONExtractString(e.properties, 'itemId')]))`;

/** All ClickHouse of offer decisions. */
export function createOfferLogStore(clickhouse: ClickHouse) {
  return {
    insert: (rows: readonly object[]) => clickhouse.insert("offer_decisions", rows),

    /**
     * Logged choices of a model with what came of them, newest first; of many, a fair sample.
     *
     * @param goal name of the event. A click must name its decision; other events also count for whoever got the decision
     */
    async choices(asked: {
      readonly modelKey: string;
      readonly inputSet: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly goal: string;
      readonly windowHours: number;
      readonly limit: number;
    }): Promise<readonly LoggedRow[]> {
      const isClick = asked.goal === "propositionInteract";
      const rows = await clickhouse.query<Row>(
        `with d as (
           select decision_id, ts, model_version, inputs, candidates, offers, propensities, is_explored from offer_decisions
           where model_key = {modelKey:String} and input_set = {inputSet:String}
             and ts >= fromUnixTimestamp64Milli({from:Int64}) and ts < fromUnixTimestamp64Milli({to:Int64})
           order by cityHash64(decision_id) limit {limit:UInt32}),
         goals as (
           select e.event_id as event_id, e.ts as ts, e.decision_id as decision_id, e.identity_key as identity_key,
             e.identifiers as identifiers, ${namedOffers} as named
           from events as e
           where e.event_type = {goal:String} and e.ts >= fromUnixTimestamp64Milli({from:Int64})
             and e.ts < fromUnixTimestamp64Milli({to:Int64}) + toIntervalHour({hours:UInt32})),
         hits as (
           select d.decision_id as decision_id, e.named as named from d
           inner join goals as e on toString(d.decision_id) = e.decision_id where ${inWindow}
           ${
             isClick
               ? ""
               : `union all
           select d.decision_id as decision_id, e.named as named
           from (
             select decision_id, ts, who from (
               select d.decision_id as decision_id, d.ts as ts,
                 arrayDistinct(arrayConcat([x.identity_key], k.keys)) as whos
               from d inner join (
                 select decision_id, any(identity_key) as identity_key, any(profile_id) as profile_id from exposures
                 where ts >= fromUnixTimestamp64Milli({from:Int64}) and ts < fromUnixTimestamp64Milli({to:Int64})
                 group by decision_id) as x on d.decision_id = x.decision_id
               left join (
                 select toString(profile_id) as profile_id, groupUniqArray(20)(identity_key) as keys from identity_links
                 group by profile_id) as k on x.profile_id = k.profile_id
             ) array join whos as who where who != '') as d
           inner join (
             select ts, named, who from goals array join arrayDistinct(arrayPushFront(identifiers, identity_key)) as who
           ) as e on d.who = e.who where ${inWindow}`
           }),
         outcomes as (
           select decision_id, arrayDistinct(arrayFlatten(groupArray(if(empty(named), ['*'], named)))) as named
           from hits group by decision_id)
         select toUnixTimestamp64Milli(d.ts) as ts, d.model_version as model_version, d.inputs as inputs, d.candidates as candidates,
           d.offers as offers, d.propensities as propensities, d.is_explored as is_explored, o.named as won
         from d left join outcomes as o on d.decision_id = o.decision_id order by d.ts desc`,
        {
          modelKey: asked.modelKey,
          inputSet: asked.inputSet,
          from: asked.fromMs,
          to: asked.toMs,
          goal: asked.goal,
          hours: asked.windowHours,
          limit: asked.limit,
        },
        { timeoutMs },
      );
      return rows.map((row) => ({
        ts: Number(row.ts),
        version: Number(row.model_version),
        inputs: row.inputs,
        candidates: row.candidates,
        offers: row.offers,
        propensities: row.propensities,
        explored: Number(row.is_explored) === 1,
        won: row.offers.filter((offer) => wins(row.won, offer, row.offers)),
      }));
    },

    /** Decisions of each model, and the share that chance made. */
    async exploration(
      fromMs: number,
    ): Promise<readonly { readonly modelKey: string; readonly decisions: number; readonly explored: number }[]> {
      const rows = await clickhouse.query<{ model_key: string; n: Num; explored: Num }>(
        `select model_key, count() as n, sum(is_explored) as explored from offer_decisions
         where ts >= fromUnixTimestamp64Milli({from:Int64}) group by model_key order by model_key limit 1000`,
        { from: fromMs },
      );
      return rows.map((row) => ({
        modelKey: row.model_key,
        decisions: Number(row.n),
        explored: Number(row.explored),
      }));
    },
  };
}

/** An event that names none of the decision's offers, e.g. an order, counts for all of them. */
function wins(named: readonly string[], offer: string, offers: readonly string[]): boolean {
  if (named.length === 0) return false;
  return named.includes(offer) || !offers.some((one) => named.includes(one));
}

export type OfferLogStore = ReturnType<typeof createOfferLogStore>;
