// Coupons, joined to the cart price rules that limit them and to whoever erases and exports persons.
import type { AuditTrail } from "./access/index.ts";
import type { Config } from "./config.ts";
import type { Definitions } from "./definitions/index.ts";
import type { HttpServer } from "./http/index.ts";
import type { Clock, Logger } from "./kernel/index.ts";
import {
  type CartRuleBody,
  type CouponResult,
  type CouponRule,
  type Coupons,
  cartRuleKindName,
  createCouponReportRoutes,
  createCouponRoutes,
  createCoupons,
  createPoolRoutes,
} from "./offers/index.ts";
import type { PrivacyParticipant } from "./privacy/index.ts";
import { dayOf, type Rates } from "./rates/index.ts";
import type { Engines } from "./storage/index.ts";

type Deps = {
  readonly engines: Pick<Engines, "postgres" | "clickhouse">;
  readonly config: Pick<
    Config,
    "defaultStoreView" | "timezone" | "couponReservationMs" | "couponsBindGuests" | "maxCouponCodes"
  >;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly definitions: Pick<Definitions, "live">;
  readonly rates: Pick<Rates, "convert">;
  /** After uses of this process have changed, with the codes where they are known; the answer waits for it. It must not fail. */
  readonly onUse?: (codes: readonly string[]) => Promise<void>;
};

function codesOf(result: CouponResult): readonly string[] {
  return result.ok ? (result.order?.uses ?? []).flatMap(({ code }) => code ?? []) : [];
}

/** Tells when uses have changed: what is shown with a rule ends with its budget. */
function telling(coupons: Coupons, onUse: NonNullable<Deps["onUse"]>): Coupons {
  const told =
    <A extends readonly unknown[], R extends CouponResult | number>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const result = await work(...args);
      if (result !== 0) await onUse(typeof result === "number" ? [] : codesOf(result));
      return result;
    };
  const { reserve, redeem, release, applyReports, expireDue } = coupons;
  return {
    ...coupons,
    ...{ reserve: told(reserve), redeem: told(redeem), release: told(release) },
    ...{ applyReports: told(applyReports), expireDue: told(expireDue) },
  };
}

/** The limits of the live rules, the same list until a rule changes. */
function createCouponRules(definitions: Deps["definitions"]): () => readonly CouponRule[] {
  let known: { readonly live: readonly unknown[]; readonly rules: readonly CouponRule[] } | undefined;
  return () => {
    const live = definitions.live<CartRuleBody>(cartRuleKindName);
    if (known?.live !== live) {
      const rules = live.map(({ key, body: { coupon, usesPerCustomer, budget } }): CouponRule => {
        return { key, coupon: coupon ?? { type: "none" }, usesPerCustomer, budget };
      });
      known = { live, rules };
    }
    return known.rules;
  };
}

/** Made before the profiles, whose batches it watches. */
export function joinCoupons({ engines, config, clock, logger, definitions, rates, onUse }: Deps) {
  const made = createCoupons({
    postgres: engines.postgres,
    clickhouse: engines.clickhouse,
    clock,
    logger,
    liveRules: createCouponRules(definitions),
    convert: (money, to) => rates.convert(money, to, dayOf(clock.now())),
    defaultStoreView: config.defaultStoreView,
    timezone: config.timezone,
    reservationMs: config.couponReservationMs,
    bindGuests: config.couponsBindGuests,
    maxCodes: config.maxCouponCodes,
  });
  const coupons = onUse ? telling(made, onUse) : made;
  return {
    ...coupons,
    registerRoutes: async (server: HttpServer, audit: AuditTrail): Promise<void> => {
      await server.register(createCouponRoutes(coupons));
      await server.register(createPoolRoutes({ pools: coupons.pools, audit, clock }));
      const { report } = coupons;
      await server.register(createCouponReportRoutes({ report, timezone: config.timezone, now: clock.now }));
    },
  };
}

/** Orders and counters name customers. What was used stays used, of nobody. */
export function couponParticipant(coupons: Pick<Coupons, "forgetCustomers" | "ordersOf">): PrivacyParticipant {
  return {
    name: "coupons",
    tables: ["coupon_orders", "coupon_counters", "coupon_order_reports"],
    erase: (tx, { person }) => coupons.forgetCustomers(tx, person.identifiers),
    exports: [
      {
        file: "coupons",
        rows: async function* ({ identifiers }) {
          yield* await coupons.ordersOf(identifiers);
        },
      },
    ],
  };
}
