import type { ClickHouse } from "../../storage/index.ts";
import { maxOverlaps } from "../simulation/findings.ts";
import type { Side } from "../simulation/report.ts";
import type { CartRow } from "./cart-row.ts";

type Num = number | string;
const timeoutMs = 60_000;
const maxRows = 50_000;
const maxSample = 25;
const spill = "settings max_bytes_before_external_group_by = 250000000";
const localSuffix = "_local";

export type CartsQuery = {
  readonly runId: string;
  /** When the run began, Unix milliseconds: no cart was bought before. */
  readonly sinceMs: number;
  /** Only what servers told makes a cart an order. */
  readonly trusted: boolean;
  /** Only carts that became orders. */
  readonly bought: boolean;
  /** IANA name: where days begin. */
  readonly timezone: string;
};

/** Carts of one day, by their last outcome, and one currency. Minor units. */
export type DaySums = {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly currency: string;
  readonly carts: number;
  readonly bought: number;
  readonly boughtChanged: number;
  readonly changed: number;
  readonly better: number;
  readonly worse: number;
  readonly betterBy: number;
  readonly worseBy: number;
  readonly subtotal: number;
  readonly costedSubtotal: number;
  readonly discount: Readonly<Record<Side, number>>;
  readonly margin: Readonly<Record<Side, number>>;
  readonly belowFloor: Readonly<Record<Side, number>>;
};

/** One rule in one currency, by how it came out with the draft. */
export type RuleSums = {
  readonly key: string;
  readonly currency: string;
  /** Empty = not a candidate. */
  readonly outcome: string;
  readonly carts: number;
  readonly appliedLive: number;
  readonly given: Readonly<Record<Side, number>>;
  readonly below: number;
};

/** A cart as it was judged last. */
export type KeptCart = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly isTrusted: boolean;
  readonly storeView: string;
  readonly currency: string;
  readonly lines: number;
  readonly subtotal: number;
  readonly discount: Readonly<Record<Side, number>>;
  readonly isBought: boolean;
  readonly rules: readonly {
    readonly key: string;
    readonly outcome: Readonly<Record<Side, string>>;
    readonly given: Readonly<Record<Side, number>>;
  }[];
  /** JSON text; empty = both sides treat it alike. */
  readonly sample: string;
};

const isBought = `cart_id global in (
  select cart_id from events where event_type in ('orderPlaced', 'completeCheckout') and cart_id != ''
    and ts >= fromUnixTimestamp64Milli({since:Int64})
    and ({trusted:UInt8} = 0 or verified = 1 or source_kind in ('server', 'connector', 'history')))`;
/** The last outcome of each cart that holds something. */
const carts = `offer_shadow_carts final where run_id = {run:UUID} and lines > 0 and ({bought:UInt8} = 0 or ${isBought})`;

const paramsOf = ({ runId: run, sinceMs: since, trusted, bought, timezone }: CartsQuery) => ({
  ...{ run, since, timezone, trusted: trusted ? 1 : 0, bought: bought ? 1 : 0 },
});

type DayRow = Record<"day" | "currency", string> &
  Record<"n" | "bought" | "bought_changed" | "changed" | "better" | "worse" | "better_by" | "worse_by", Num> &
  Record<"subtotal" | "costed" | "live" | "draft" | "left_live" | "left_draft" | "low_live" | "low_draft", Num>;
type RuleRow = Record<"key" | "currency" | "outcome", string> &
  Record<"n" | "applied" | "live" | "draft" | "below", Num>;
type CartsRow = Record<"store" | "currency" | "sample", string> &
  Record<"at" | "trusted" | "lines" | "subtotal" | "live" | "draft" | "bought", Num> & {
    rules: readonly string[];
    outcomes_live: readonly string[];
    outcomes_draft: readonly string[];
    rules_live: readonly Num[];
    rules_draft: readonly Num[];
  };

const both = (live: Num | undefined, draft: Num | undefined): Readonly<Record<Side, number>> => ({
  live: Number(live ?? 0),
  draft: Number(draft ?? 0),
});

/**
 * Outcomes of shadow runs in ClickHouse.
 *
 * @param cluster whose tables are replicated; empty = none
 */
export function createShadowCartStore(clickhouse: Pick<ClickHouse, "query" | "insert" | "command">, cluster: string) {
  const physical = cluster === "" ? "offer_shadow_carts" : `offer_shadow_carts${localSuffix} on cluster '${cluster}'`;
  const read = <Row extends object>(sql: string, query: CartsQuery): Promise<Row[]> =>
    clickhouse.query<Row>(`${sql} ${spill}`, paramsOf(query), { timeoutMs });

  return {
    /** Rows as `toCartRow` makes them; may be repeated. */
    insert: (rows: readonly CartRow[]): Promise<void> => clickhouse.insert("offer_shadow_carts", rows),

    /** The oldest day first. */
    async days(query: CartsQuery): Promise<readonly DaySums[]> {
      const rows = await read<DayRow>(
        `select toString(toDate(toTimeZone(at, {timezone:String}))) as day, toString(currency) as currency, count() as n,
           countIf(${isBought}) as bought, countIf(is_changed = 1 and ${isBought}) as bought_changed, sum(is_changed) as changed,
           countIf(given_draft > given_live) as better, countIf(given_draft < given_live) as worse,
           sumIf(given_draft - given_live, given_draft > given_live) as better_by,
           sumIf(given_live - given_draft, given_draft < given_live) as worse_by,
           sum(subtotal) as subtotal, sum(costed_subtotal) as costed, sum(given_live) as live, sum(given_draft) as draft,
           sum(margin_live) as left_live, sum(margin_draft) as left_draft, sum(below_live) as low_live, sum(below_draft) as low_draft
         from ${carts} group by day, currency order by day, currency limit ${maxRows}`,
        query,
      );
      return rows.map((row) => ({
        ...{ day: row.day, currency: row.currency, carts: Number(row.n), changed: Number(row.changed) },
        ...{ bought: Number(row.bought), boughtChanged: Number(row.bought_changed) },
        ...{ better: Number(row.better), worse: Number(row.worse) },
        ...{ betterBy: Number(row.better_by), worseBy: Number(row.worse_by) },
        ...{ subtotal: Number(row.subtotal), costedSubtotal: Number(row.costed), discount: both(row.live, row.draft) },
        ...{ margin: both(row.left_live, row.left_draft), belowFloor: both(row.low_live, row.low_draft) },
      }));
    },

    async rules(query: CartsQuery): Promise<readonly RuleSums[]> {
      const rows = await read<RuleRow>(
        `select r.1 as key, currency, r.3 as outcome, count() as n, countIf(r.2 = 'applied') as applied, sum(r.4) as live,
           sum(r.5) as draft, sum(r.6) as below
         from (
           select toString(currency) as currency, arrayZip(arrayMap(x -> toString(x), rules), arrayMap(x -> toString(x), outcomes_live),
             arrayMap(x -> toString(x), outcomes_draft), rules_live, rules_draft, rules_below) as each
           from ${carts}
         ) array join each as r
         group by key, currency, outcome order by n desc, key, currency, outcome limit ${maxRows}`,
        query,
      );
      return rows.map((row) => ({
        ...{ key: row.key, currency: row.currency, outcome: row.outcome, carts: Number(row.n) },
        ...{ appliedLive: Number(row.applied), given: both(row.live, row.draft), below: Number(row.below) },
      }));
    },

    /** Pairs of rules of the draft that meet on the same lines most often. */
    async overlaps(query: CartsQuery): Promise<readonly { readonly pair: string; readonly carts: number }[]> {
      const rows = await read<{ pair: string; n: Num }>(
        `select pair, count() as n from (select overlaps from ${carts}) array join overlaps as pair
         group by pair order by n desc, pair limit ${maxOverlaps}`,
        query,
      );
      return rows.map(({ pair, n }) => ({ pair, carts: Number(n) }));
    },

    /** JSON texts of the carts that change most. */
    async sample(query: CartsQuery): Promise<readonly string[]> {
      const rows = await read<{ text: string }>(
        `select sample as text from ${carts} and given_live != given_draft and sample != ''
         order by abs(given_draft - given_live) desc, cart_id limit ${maxSample}`,
        query,
      );
      return rows.map(({ text }) => text);
    },

    async find(query: CartsQuery, cartId: string): Promise<KeptCart | undefined> {
      const rows = await clickhouse.query<CartsRow>(
        `select toUnixTimestamp64Milli(at) as at, is_trusted as trusted, toString(store_view) as store, toString(currency) as currency,
           lines, subtotal, given_live as live, given_draft as draft, toUInt8(${isBought}) as bought, rules, outcomes_live,
           outcomes_draft, rules_live, rules_draft, sample
         from offer_shadow_carts final where run_id = {run:UUID} and cart_id = {cart:String}`,
        { ...paramsOf(query), cart: cartId },
        { timeoutMs },
      );
      const [row] = rows;
      return (
        row && {
          ...{ at: Number(row.at), isTrusted: Number(row.trusted) === 1, storeView: row.store, currency: row.currency },
          ...{ lines: Number(row.lines), subtotal: Number(row.subtotal), discount: both(row.live, row.draft) },
          ...{ isBought: Number(row.bought) === 1, sample: row.sample },
          rules: row.rules.map((key, place) => ({
            key,
            outcome: { live: row.outcomes_live[place] ?? "", draft: row.outcomes_draft[place] ?? "" },
            given: both(row.rules_live[place], row.rules_draft[place]),
          })),
        }
      );
    },

    /** Runs of which there are outcomes. */
    async runs(): Promise<readonly string[]> {
      const rows = await clickhouse.query<{ id: string }>(
        "select distinct toString(run_id) as id from offer_shadow_carts limit 10000",
      );
      return rows.map(({ id }) => id);
    },

    /** Deletes the outcomes of runs. May be repeated. */
    async forget(runIds: readonly string[]): Promise<void> {
      const ids = runIds.map((id) => `'${id.replace(/[^0-9a-f-]/gi, "")}'`);
      if (ids.length === 0) return;
      await clickhouse.command(
        `alter table ${physical} delete where toString(run_id) in (${ids.join(", ")}) settings mutations_sync = 1`,
      );
    },
  };
}

export type ShadowCartStore = ReturnType<typeof createShadowCartStore>;
