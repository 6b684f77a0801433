import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { edgeKey, post } from "../../testing/adobe/captures.ts";
import { edgeCalls, edgeConfig, edgeEvent, scope, serverToken, uniqueName } from "../../testing/adobe/edge-calls.ts";
import { readExamples } from "../../testing/manual.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ config: edgeConfig });
});
afterAll(() => app.close());
const { profileOf, visitor } = edgeCalls(() => app);

describe("the server API", () => {
  const path = "/ee/v2/collect?dataStreamId=anything&requestId=server-1";
  const person = (id: string, more: object = {}) => ({ identityMap: { CustomerId: [{ id, primary: true }] }, ...more });

  it("takes several persons in one call, and answers 202, or 204 when it shall be silent", async () => {
    const [one, two] = [uniqueName("customer"), uniqueName("customer")];
    const events = [edgeEvent("commerce.productViews", person(one)), edgeEvent("commerce.productViews", person(two))];
    expect(await post(app, path, { events }, serverToken)).toMatchObject({
      status: 202,
      body: { requestId: "server-1" },
    });
    expect(
      (await post(app, `${path}x&silent=true`, { events: [edgeEvent("commerce.checkouts", person(one))] }, serverToken))
        .status,
    ).toBe(204);
    await app.settle();
    expect((await profileOf("user_id", one))["profileId"]).not.toBe((await profileOf("user_id", two))["profileId"]);
  });

  it.each([
    ["none", {}],
    ["two", { identityMap: { CustomerId: [{ id: "1", primary: true }], email: [{ id: "a@b.c", primary: "true" }] } }],
  ])("refuses an event with %s primary identities", async (_count, more) => {
    for (const action of ["collect", "interact"]) {
      const body = action === "collect" ? { events: [edgeEvent("x", more)] } : { event: edgeEvent("x", more) };
      const answer = await post(app, `/ee/v2/${action}?dataStreamId=x`, body, serverToken);
      expect(answer.status).toBe(400);
      expect(answer.body.type).toContain("EXEG-0306-400");
    }
  });

  it.each([
    ["no credentials", {}],
    ["an unknown token", { authorization: "Bearer nonsense" }],
    ["a browser's key", { authorization: `Bearer ${edgeKey}` }],
  ])("is closed to %s", async (_who, headers) => {
    const answer = await post(
      app,
      `/ee/v2/interact?dataStreamId=${edgeKey}`,
      { event: edgeEvent("x", person("1")) },
      headers,
    );
    expect(answer.status).toBe(401);
    expect(answer.body.type).toContain("EXEG-0501-401");
  });

  it("counts the revenue of an order once, whoever reports it, less what was cancelled and refunded", async () => {
    const customer = uniqueName("customer");
    const email = `${customer}@example.com`;
    const order = (purchaseID: string, more: object = {}) => ({
      commerce: { order: { purchaseID, currencyCode: "USD", ...more }, commerceScope: scope },
    });
    const items = { productListItems: [{ SKU: "A", quantity: 1, priceTotal: 100, currencyCode: "USD" }] };
    const [a, b] = [uniqueName("order"), uniqueName("order")];
    const browserSale = {
      ...order(a, { priceTotal: 100 }),
      ...items,
      person: { accountID: customer },
      personalEmail: { address: email },
    };
    await visitor(edgeEvent("commerce.purchases", browserSale));
    const send = (eventType: string, more: object) =>
      post(
        app,
        "/ee/v2/interact?dataStreamId=x",
        { event: edgeEvent(eventType, { ...person(customer), ...more }) },
        serverToken,
      );
    const placed = { ...order(a, { priceTotal: 110 }), ...items };
    await send("commerce.backofficeOrderPlaced", placed);
    await send("commerce.backofficeOrderPlaced", placed);
    await send("commerce.backofficeOrderPlaced", { ...order(b, { priceTotal: 50 }), ...items });
    await app.settle();
    const revenue = async () => {
      await app.settle();
      const profile = await profileOf("user_id", customer);
      return (profile["traits"] as Record<string, { minor: number }>)["orders_revenue_net"]?.minor;
    };
    expect(await revenue()).toBe(16_000);
    await send("commerce.backofficeOrderCancelled", order(b));
    expect(await revenue()).toBe(11_000);
    const refunded = order(a);
    await send("commerce.backofficeCreditMemoIssued", {
      commerce: { ...refunded.commerce, refunds: [{ transactionID: "cm-1", refundAmount: 30, currencyCode: "USD" }] },
    });
    expect(await revenue()).toBe(8_000);
    await app.accept({
      events: [
        {
          type: "orderPlaced",
          originalName: "orderPlaced",
          messageId: `history-${a}`,
          timestamp: Date.now() - 1000,
          identifiers: [{ namespace: "user_id", value: customer }],
          properties: { orderId: a, orderTotal: { minor: 99_900, currency: "USD" } },
          context: { environment: "env-1" },
        },
      ],
      sentAt: undefined,
      sourceId: "import",
      sourceKind: "history",
      trusted: true,
      provenCustomerId: null,
    });
    expect(await revenue()).toBe(8_000);
  });
});

describe("the manual page", () => {
  const variables = { URL: "", KEY: edgeKey, TOKEN: demoCredentials.token };
  it.each(readExamples("adobe", variables).map((example) => [example.title, example] as const))(
    "is right about %s",
    async (_title, { path, headers, body, answer }) => {
      const got = await app.call("POST", path, body, { ...headers });
      expect(got.status).toBe(200);
      expect(got.body).toEqual(answer);
    },
  );
});
