import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { inData } from "../../testing/folders.ts";
import { dayMs } from "../features/shopper-history.ts";
import { answerQuestion, questions } from "./evaluate-orders.ts";
import { readOrdersFiles } from "./read-orders-file.ts";

const orders = inData("online_retail/orders_2010-12_2011-08.csv.gz");
const folder = mkdtempSync(join(tmpdir(), "clientele-orders-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
if (!existsSync(orders))
  console.info("evaluation: skipped, no online_retail folder in CLIENTELE_DATA (default ../shared/data)");

it.skipIf(!existsSync(orders))(
  "foresees who buys again and what is spent better than RFM and than spend that goes on, on a past it has not seen",
  async () => {
    const file = await readOrdersFiles([orders], "GBP");
    for (const question of questions.filter(({ horizonDays }) => horizonDays === 90)) {
      const span = { from: file.from, until: file.until, splitMs: file.until - 90 * dayMs };
      const { measured, gate } = answerQuestion(file.people.values(), "GBP", question, span, 1);
      const { metrics, baselines } = measured;
      for (const base of [baselines.rfm, baselines.spendContinues]) {
        expect(metrics.rankCorrelation).toBeGreaterThan(base.rankCorrelation ?? 1);
        if (question.task === "amount") expect(metrics.mae).toBeLessThan(base.mae ?? 0);
        else expect(metrics.auc).toBeGreaterThan(base.auc ?? 1);
      }
      expect(gate).toMatchObject({ passed: true });
    }
  },
  180_000,
);

it("makes one order of the lines of one number, and a refund of a negative one", async () => {
  const path = join(folder, "orders.csv");
  writeFileSync(
    path,
    "invoice_no,stock_code,quantity,invoice_date,unit_price_gbp,customer_id\n1,a,2,2011-01-01 10:00:00,1.25,7\n1,b,1,2011-01-01 10:00:00,0.10,7\nC2,a,-1,2011-01-03 10:00:00,1.25,7\n3,a,1,2011-01-04 10:00:00,1.25,\n",
  );
  const { people, skipped } = await readOrdersFiles([path], "GBP");
  expect(skipped).toBe(1);
  expect(people.get("7")).toMatchObject([
    { type: "orderPlaced", properties: { orderId: "1", orderTotal: { minor: 260, currency: "GBP" } } },
    { type: "orderRefunded", properties: { refund: { minor: 125, currency: "GBP" } } },
  ]);
});

it("reads baskets of households, whose lines have a total and no price", async () => {
  const path = join(folder, "baskets.csv");
  writeFileSync(
    path,
    "household_id,basket_id,product_id,quantity,sales_value,transaction_timestamp\n7,b1,x,2,3.86,2017-01-28T19:06:53Z\n7,b1,y,1,1.14,2017-01-28T19:06:53Z\n",
  );
  const { people, orders, from } = await readOrdersFiles([path], "USD");
  expect({ orders, from }).toEqual({ orders: 1, from: Date.UTC(2017, 0, 28, 19, 6, 53) });
  expect(people.get("7")).toMatchObject([
    { properties: { orderId: "b1", orderTotal: { minor: 500, currency: "USD" }, items: [{ qty: 2 }, { qty: 1 }] } },
  ]);
});

it("says which column is missing, and which file", async () => {
  const path = join(folder, "other.csv");
  writeFileSync(path, "a,b\n1,2\n");
  await expect(readOrdersFiles([path], "GBP")).rejects.toMatchObject({ code: "models.badFile" });
  await expect(readOrdersFiles([join(folder, "none.csv")], "GBP")).rejects.toThrow(/ENOENT/);
});
