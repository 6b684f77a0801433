import { ClienteleError, type Clock, type Logger, type Money, sha256Hex } from "../../kernel/index.ts";
import type { ClickHouse, Postgres, Sql } from "../../storage/index.ts";
import type { CouponOrder, CouponRejection } from "./coupon-order.ts";
import { type CouponRule, createRuleIndex } from "./coupon-rule.ts";
import { createCouponLedger } from "./create-ledger.ts";
import { createPools } from "./create-pools.ts";
import { createGenerator } from "./generate-codes.ts";
import { createGlance } from "./glance.ts";
import { createIssueCode } from "./issue-code.ts";
import { createLookUp } from "./look-up.ts";
import { createOrderReports } from "./order-reports.ts";
import { type CouponRequest, maxOrderIdLength, readRequest } from "./read-request.ts";
import { createUseStore } from "./store.clickhouse.ts";
import { createCouponStore } from "./store.ts";
import { createCodeUseStore } from "./store-code-uses.ts";
import { createCodeStore } from "./store-codes.ts";
import { createJobStore } from "./store-jobs.ts";
import { createLookStore } from "./store-look.ts";
import type { LedgerResult } from "./take-order.ts";

export type CouponsDeps = {
  readonly postgres: Postgres;
  readonly clickhouse: Pick<ClickHouse, "query" | "insert">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Rules that run now. The same list until one changes. */
  readonly liveRules: () => readonly CouponRule[];
  /** An amount in another currency at today's rate; undefined without a rate. */
  readonly convert: (money: Money, to: string) => Money | undefined;
  readonly defaultStoreView: string;
  /** Where the shop's days begin and end, IANA name. */
  readonly timezone: string;
  /** How long a reservation holds; default 30 minutes. */
  readonly reservationMs?: number;
  /** Limits per customer also bind guests, by a hash of their address; default false. */
  readonly bindGuests?: boolean;
  /** Different codes of one order; default 5. */
  readonly maxCodes?: number;
};

export type CouponResult =
  | { readonly ok: true; readonly order: CouponOrder | null }
  | { readonly ok: false; readonly rejections: readonly CouponRejection[] };

const defaultReservationMs = 30 * 60_000;
const defaultMaxCodes = 5;
const emptyKeptMs = 30 * 86_400_000;
const forgottenAtOnce = 5_000;
const exportedAtOnce = 2_000;

const exportedOrders = 10_000;

type Identifier = { readonly namespace: string; readonly value: string };

function keysOfIdentifier({ namespace, value }: Identifier): readonly string[] {
  if (namespace === "user_id") return [`customer:${value}`];
  const hash = namespace === "email" ? sha256Hex(value) : namespace === "email_sha256" ? value : undefined;
  return hash === undefined ? [] : [`email:${hash}`];
}

/** Calendar day of an instant, YYYY-MM-DD. */
function createToday(timezone: string, clock: Clock): () => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return () => format.format(clock.now());
}

function readOrderId(orderId: string): string {
  const read = orderId.trim();
  if (read !== "" && read.length <= maxOrderIdLength && !read.includes("\0")) return read;
  throw new ClienteleError("coupons.invalid", `orderId is a text of 1 to ${maxOrderIdLength} characters`);
}

const toResult = (result: LedgerResult): CouponResult =>
  result.ok ? { ok: true, order: result.order ?? null } : result;

/** Codes, limits and what is used of them. See docs/manual/coupons.md. */
export function createCoupons(deps: CouponsDeps) {
  const { postgres, clock, logger, bindGuests = false, defaultStoreView, maxCodes = defaultMaxCodes } = deps;
  const store = createCouponStore(postgres);
  const codeStore = createCodeStore(postgres);
  const index = createRuleIndex(deps.liveRules);
  const today = createToday(deps.timezone, clock);
  const ledger = createCouponLedger({
    store,
    contextOf: async (codes) => ({
      index: index(),
      codes: new Map((await codeStore.findCodes(codes)).map((code) => [code.code, code])),
      today: today(),
      convert: deps.convert,
    }),
    reservationMs: deps.reservationMs ?? defaultReservationMs,
    clock,
  });
  const jobStore = createJobStore(postgres);
  const generator = createGenerator({ store: jobStore, clock, logger });
  const useStore = createUseStore(deps.clickhouse);
  const reports = createOrderReports({ store, ledger, bindGuests, clock, logger });
  const codeUses = createCodeUseStore(postgres);
  const looks = createLookStore(postgres);
  const glances = createGlance({ index, read: looks, bindGuests, clock });
  const changing =
    <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await work(...args);
      } finally {
        glances.forget();
      }
    };
  /** Jobs that find nothing, as most do, change nothing. */
  const countsOf = (work: () => Promise<number>) => async (): Promise<number> => {
    const count = await work();
    if (count > 0) glances.forget();
    return count;
  };
  const read = (request: CouponRequest) => readRequest(request, { bindGuests, defaultStoreView, maxCodes });

  return {
    /** What is known of codes, customers and budgets, as it is now: one statement at most. */
    look: createLookUp({ index, read: looks, bindGuests }),
    /** As `look`, at most a second old where others count: for what is shown beside a page. */
    glance: glances.glance,
    /** Those of these codes that an order has used or reserved. */
    usedCodes: async (codes: readonly string[]): Promise<readonly string[]> =>
      (await looks([], codes)).counters.flatMap(({ kind, item, n }) => (kind === "code" && n > 0 ? [item] : [])),
    /** Rule, last day and making of codes that are in a pool. */
    pooledCodes: codeUses.pooled,
    /** Orders that use these codes, at most 10,000, the newest first: when, and what became of them. */
    usesOf: (codes: readonly string[]) => codeUses.usesOf(codes, exportedOrders),
    /** Makes codes unusable for everybody, in the transaction that erases whose they are. What was used stays counted. */
    retireCodes: (tx: Sql, codes: readonly string[]): Promise<number> => codeUses.retire(tx, codes),
    /**
     * Takes what an order uses of codes, customers' limits and budgets: everything or nothing. It holds for the reservation time.
     * The same order id with the same body gives the same answer again.
     *
     * @throws {ClienteleError} `coupons.invalid`, `coupons.conflict`, `coupons.replaces`, `coupons.noRate`, `coupons.busy`
     */
    reserve: changing(
      async (request: CouponRequest): Promise<CouponResult> => toResult(await ledger.reserve(read(request))),
    ),
    /**
     * Counts a reservation for good when its order is placed; with `uses`, also an order that was never reserved or whose
     * reservation is over, within the limits. An order that nothing is known of stays so. May be repeated.
     *
     * @throws {ClienteleError} as `reserve`, and `coupons.released`
     */
    redeem: changing(
      async (request: Pick<CouponRequest, "orderId"> & Partial<CouponRequest>): Promise<CouponResult> => {
        const { uses } = request;
        return toResult(await ledger.redeem(readOrderId(request.orderId), uses ? read({ ...request, uses }) : null));
      },
    ),
    /** Gives everything back once: the payment failed, or the order was cancelled. May be repeated. */
    release: changing(
      async (orderId: string): Promise<CouponResult> => toResult(await ledger.release(readOrderId(orderId))),
    ),
    /** Notes the shop's own order events in the transaction of their batch. */
    observe: reports.observe,
    /** Job, every second: applies order events. @returns how many */
    applyReports: countsOf(reports.applyReports),
    /** Job, every few seconds: ends reservations whose time is over. @returns how many */
    expireDue: countsOf(ledger.expireDue),
    issueCode: createIssueCode({ store: codeStore, jobs: jobStore, clock }),
    pools: createPools({ store: codeStore, jobs: jobStore, clock, liveRules: deps.liveRules }),
    /** Job, every second: makes the codes of one generation to its end. @returns false when none waited */
    generateNext: generator.runNext,
    /** Job, every few seconds: brings what orders used to the event store. @returns how many orders */
    exportUses: async (): Promise<number> => {
      const orders = await store.unexported(exportedAtOnce);
      if (orders.length === 0) return 0;
      // The same orders in the same versions have the same token: a repeat after a crash stores nothing twice.
      await useStore.append(
        orders,
        sha256Hex(JSON.stringify(orders.map(({ orderId, version }) => [orderId, version]))),
      );
      await store.markExported(orders);
      return orders.length;
    },
    /** Uses and sales; see `ReportRow`. */
    report: useStore.report,
    /** What the orders of a person used, newest first, at most 10,000. */
    ordersOf: async (identifiers: readonly Identifier[]) =>
      (await store.ordersOf(identifiers.flatMap(keysOfIdentifier), exportedOrders)).map(
        ({ orderId, status, uses, storeView, createdAt }) => ({ orderId, status, uses, storeView, createdAt }),
      ),
    /** Takes customers off what they used, in the transaction that erases them. Guests are known by their address. */
    forgetCustomers: (tx: Sql, identifiers: readonly Identifier[]): Promise<number> =>
      store.forgetCustomers(tx, identifiers.flatMap(keysOfIdentifier)),
    /** Ends a generation under way after its batch; it is taken up again. */
    stop: generator.stop,
    /** Job, once an hour: forgets cancelled orders that never used anything. */
    maintain: async (): Promise<void> => {
      await store.forgetEmpty(clock.now() - emptyKeptMs, forgottenAtOnce);
    },
  };
}

export type Coupons = ReturnType<typeof createCoupons>;
