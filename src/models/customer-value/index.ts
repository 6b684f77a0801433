/**
 * Customer value: what a customer will still buy, when, for how much, and whether the customer is lost (measurement.md 8).
 *
 * For the place that trains and serves models:
 *
 *     const { params, report, gate } = customerValueModel.train(orders, { asOf, currency });
 *     const own = customerValueModel.score(params, { customerId, orders }, nowMs);
 *
 * `orders` are those that count (not cancelled), in whole minor units of one currency less refunds. `params` is plain JSON and all
 * that scoring needs; `gate` says whether the model may speak, and where it may not, `params.basis` is `cohort` and scores are
 * averages of similar customers with `p_alive` null. RFM, segment and next order are given in either case. Both functions are pure.
 */
import { score } from "./score-customer-value.ts";
import { train } from "./train-customer-value.ts";

export type { CustomerOrder } from "./order-book.ts";
export type { RfmSegment } from "./rfm-segments.data.ts";
export type { CustomerScore } from "./score-customer-value.ts";
export type {
  CustomerValueParams,
  CustomerValueReport,
  TrainedCustomerValue,
  TrainOptions,
} from "./train-customer-value.ts";
export type { GateVerdict } from "./value-gate.ts";

/** Training and scoring of orders in hand; see above. */
export const customerValueModel = { train, score };
