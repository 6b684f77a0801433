import { expect, it } from "vitest";
import type { Order } from "../profiles/index.ts";
import { rowsOfOrders } from "./evaluate.ts";

const total = { minor: 5_000, currency: "USD" };
const side = (orderId: string, confirmedBy: Order["confirmedBy"]): Order => ({
  orderId,
  placedAt: 1,
  status: "placed",
  total,
  refunded: { minor: 0, currency: "USD" },
  items: [],
  confirmedBy,
});
const [office, shop] = [side("B1", "back_office"), side("S1", "storefront")];
const order: Order = {
  ...office,
  refunded: { minor: 400, currency: "USD" },
  joined: { orderId: "S1", by: "email_amount_time", apartMs: 0, sides: [office, shop] },
};
const report = (v: number, trust: "storefront" | "back_office") => ({
  t: 1,
  p: { g: [trust, 1] as const, cells: [{ v, c: "USD@0" }] },
});

it("counts an order that two numbers stand for once, whichever of them a trait saw", () => {
  const options = { isCount: false, net: true, withId: false };
  const both = { k: "orders" as const, by: { S1: report(5_100, "storefront"), B1: report(5_000, "back_office") } };
  expect(rowsOfOrders(both, [order], options)).toMatchObject([{ v: 4_600 }]);
  // A trait over completeCheckout alone never sees the back office's report.
  const one = { k: "orders" as const, by: { S1: report(5_100, "storefront") } };
  expect(rowsOfOrders(one, [order], options)).toMatchObject([{ v: 4_700 }]);
  expect(rowsOfOrders(both, [{ ...order, status: "cancelled" }], options)).toEqual([]);
});
