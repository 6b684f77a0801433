// Orders that come as events. The batch of the event only notes them; a job applies them one by one, so that a batch never waits
// for the counters that every checkout needs.
import { isTrustedSource } from "../../collect/index.ts";
import { ClienteleError, type Clock, type Logger, newId, sha256Hex } from "../../kernel/index.ts";
import { type ObserveBatch, type ResolvedEvent, readMoney, readText } from "../../profiles/index.ts";
import { isCode, maxCodeLength, normaliseCode } from "./coupon-rule.ts";
import type { CouponLedger } from "./create-ledger.ts";
import { customerKeyOf, maxOrderIdLength, type ReadRequest } from "./read-request.ts";
import type { CouponStore } from "./store.ts";

export type OrderReport = { readonly kind: "placed" | "cancelled"; readonly request: ReadRequest };
export type NewOrderReport = { readonly reportId: string; readonly report: OrderReport };

const kindByType: Readonly<Record<string, OrderReport["kind"]>> = {
  orderPlaced: "placed",
  orderCancelled: "cancelled",
};
const maxCodes = 20;
const reportsAtOnce = 200;

/** Several codes of one order come as one text. */
function codesIn(text: string | undefined): readonly string[] {
  const codes = (text ?? "").split(/[,;]/).map(normaliseCode).filter(isCode);
  return [...new Set(codes)].slice(0, maxCodes);
}

/** The shop's own word on an order of now; undefined for everything else. History was redeemed in the shop that it tells of. */
function reportOf({ event }: ResolvedEvent, bindGuests: boolean): OrderReport | undefined {
  const kind = Object.hasOwn(kindByType, event.type) ? kindByType[event.type] : undefined;
  if (!kind || event.sourceKind === "history" || !isTrustedSource(event) || event.flags.includes("simulated"))
    return undefined;
  const { properties, identifiers } = event;
  const orderId = readText(properties["orderId"], maxOrderIdLength)?.trim();
  if (!orderId) return undefined;
  const identifierOf = (wanted: string) => identifiers.find(({ namespace }) => namespace === wanted)?.value;
  const customerId = properties["isGuest"] === true ? undefined : identifierOf("user_id");
  const email = readText(properties["email"], 320) ?? identifierOf("email");
  const codes = kind === "placed" ? codesIn(readText(properties["coupon"], maxCodes * (maxCodeLength + 1))) : [];
  const discount = readMoney(properties["discount"]);
  // Nobody says how the discount is shared between several codes.
  const amount = codes.length === 1 && discount ? { ...discount, minor: Math.abs(discount.minor) } : null;
  const uses = codes.map((code) => ({ ruleKey: null, code, amount }));
  const customerKey = customerKeyOf({ customerId, email }, bindGuests);
  return {
    kind,
    request: {
      ...{ orderId, customerKey, storeView: event.storeView, uses, replaces: null, allowPartial: false },
      // Tells the ledger that no call has said what the order uses.
      hash: "",
    },
  };
}

export type OrderReportDeps = {
  readonly store: CouponStore;
  readonly ledger: CouponLedger;
  readonly bindGuests: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
};

export function createOrderReports({ store, ledger, bindGuests, clock, logger }: OrderReportDeps) {
  const observe: ObserveBatch = (resolved) => {
    const reports = resolved.flatMap((each) => reportOf(each, bindGuests) ?? []);
    if (reports.length === 0) return null;
    return (tx) => {
      const nowMs = clock.now();
      return store.addReports(
        tx,
        reports.map((report) => ({ reportId: newId(nowMs), report })),
        nowMs,
      );
    };
  };

  /** Applies what waits. @returns how many were applied */
  const applyReports = async (): Promise<number> => {
    let count = 0;
    let after: string | null = null;
    for (;;) {
      const reports = await store.reports(after, reportsAtOnce);
      for (const { reportId, report } of reports) {
        after = reportId;
        try {
          if (report.kind === "placed") await ledger.applyPlaced(reportId, report.request);
          else await ledger.applyCancelled(reportId, report.request);
          count += 1;
        } catch (error) {
          if (!(error instanceof ClienteleError) || error.code.startsWith("storage.")) throw error;
          // It stays and is tried again.
          const order = sha256Hex(report.request.orderId).slice(0, 12);
          logger.warn({ err: error, order }, "coupons of an order event could not be counted");
        }
      }
      if (reports.length < reportsAtOnce) return count;
    }
  };

  return { observe, applyReports };
}
