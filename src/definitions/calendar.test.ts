import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
const body = { placement: "home.hero", priority: 1, audiences: [], html: "<p>Hello</p>" };
const rule = (more: object) => ({ priority: 1, action: { type: "percent", percent: "10" }, ...more });
const calendar = async (query: string) => {
  const { status, body: answer } = await app.call("GET", `/v1/definitions/calendar?${query}`);
  return { status, ...answer } as { status: number; items: { key: string }[] };
};
const may = "from=2026-05-01T00:00:00Z&to=2026-06-01T00:00:00Z";

beforeAll(async () => {
  app = await startTestApp({
    clock: createFixedClock(Date.UTC(2026, 4, 10, 12)),
    config: { timezone: "Europe/Berlin" },
  });
  const make = (kind: string, key: string, of: object, more: object = {}) =>
    app.call("POST", `/v1/definitions/${kind}`, { key, name: key, body: of, ...more });
  const schedule = { from: "2026-05-20T08:00", to: "2026-05-22T20:00", timezone: "Europe/Berlin" };
  await make("block", "sale", body, { schedule });
  await make("block", "always", body);
  await make("block", "june", body, { schedule: { ...schedule, from: "2026-06-01T02:00", to: null } });
  await app.call(
    "POST",
    "/v1/definitions/block/sale/publish",
    {},
    {
      authorization: "Bearer demo-admin-token",
      "if-match": "*",
    },
  );
  await app.publish("cart-price-rule", "days", rule({ from: "2026-05-30", to: "2026-05-31" }));
  await app.publish("cart-price-rule", "over", rule({ to: "2026-04-30" }));
}, 120_000);
afterAll(async () => app?.close());

describe("the calendar of definitions", () => {
  it("tells what has times in the span, days in the zone of the shop and both ends inclusive", async () => {
    expect(await calendar(may)).toMatchObject({
      status: 200,
      timezone: "Europe/Berlin",
      isCut: false,
      items: [
        {
          ...{ kind: "block", key: "sale", status: "scheduled", isDraft: false },
          ...{ from: "2026-05-20T06:00:00.000Z", to: "2026-05-22T18:00:00.000Z" },
        },
        {
          ...{ kind: "cart-price-rule", key: "days", status: "live", isDraft: false },
          ...{ from: "2026-05-29T22:00:00.000Z", to: "2026-05-31T22:00:00.000Z" },
        },
      ],
    });
  });

  it("tells drafts as such, ends as they are reached, and only the kinds that are asked for", async () => {
    const june = await calendar("from=2026-06-01T00:00:00Z&to=2026-07-01T00:00:00Z&kind=block");
    expect(june.items).toMatchObject([{ key: "june", isDraft: true, from: "2026-06-01T00:00:00.000Z", to: null }]);
    const april = await calendar("from=2026-04-01T00:00:00Z&to=2026-05-01T00:00:00Z");
    expect(april.items.map(({ key }) => key)).toEqual(["over"]);
    // The last day of `over` ends at midnight in Berlin.
    const after = await calendar("from=2026-04-30T22:00:00Z&to=2026-05-01T00:00:00Z");
    expect(after.items).toEqual([]);
  });

  it("refuses spans that end before they begin or are too long, and kinds that there are not", async () => {
    expect(await calendar("from=2026-06-01T00:00:00Z&to=2026-05-01T00:00:00Z")).toMatchObject({ status: 400 });
    expect(await calendar("from=2020-06-01T00:00:00Z&to=2026-05-01T00:00:00Z")).toMatchObject({ status: 400 });
    expect(await calendar(`${may}&kind=nothing`)).toMatchObject({ status: 404 });
  });
});
