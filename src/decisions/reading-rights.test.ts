import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { browser, codes, decisionCalls, server, unique, view } from "../testing/decision-calls.ts";
import { signAsShop } from "../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
const { decideOne, block, viewersOf } = decisionCalls(() => app);

describe("who may be read from a browser", () => {
  const soon = () => Date.now() + 60_000;
  const token = (customerId: string, secret: string = demoCredentials.identitySecret, until = soon()) =>
    signAsShop(customerId, secret, until);

  async function shopOfCustomer(): Promise<{ customerId: string; email: string; placement: string; special: string }> {
    const customerId = unique("customer");
    const sku = unique("SECRET");
    const email = `${customerId}@example.org`;
    const placement = unique("home");
    const special = await block(placement, { priority: 1, audiences: [await viewersOf(sku)] });
    await block(placement);
    await app.sendFromServer([{ customerId, email, ...view(sku) }]);
    await app.settle();
    return { customerId, email, placement, special };
  }

  it("is nobody by customer id or e-mail alone", async () => {
    const { customerId, email, placement, special } = await shopOfCustomer();
    for (const identity of [{ customerId }, { email }, { customerId, email }]) {
      const decision = await decideOne({ identity, placements: [placement] });
      expect(decision.value?.name).not.toBe(special);
      expect(codes(decision)).toContain("no_identity");
    }
  });

  it("is nobody by profile id", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const { profileId } = (await app.call("GET", `/v1/profiles/by/user_id/${customerId}`)).body;
    expect((await decideOne({ identity: { profileId }, placements: [placement] })).value?.name).not.toBe(special);
    expect((await decideOne({ identity: { profileId }, placements: [placement] }, server)).value?.name).toBe(special);
  });

  it("is the customer whom a signed identity token names, whatever else is claimed", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const identityToken = token(customerId);
    const ask = { identity: { identityToken, customerId: "another" }, placements: [placement] };
    expect((await decideOne(ask)).value?.name).toBe(special);
    const answer = await app.call("POST", "/v1/decide", ask, browser);
    expect(answer.body).not.toHaveProperty("profileId");
  });

  it("is refused with a forged, foreign or expired token", async () => {
    const forged = token("c-1", "guessed");
    const expired = token("c-1", demoCredentials.identitySecret, Date.now() - 1_000);
    for (const identityToken of [forged, expired, "nonsense"]) {
      const answer = await app.call("POST", "/v1/decide", { identity: { identityToken }, placements: ["p"] }, browser);
      expect(answer).toMatchObject({ status: 401, body: { error: { code: "access.identityToken" } } });
    }
  });

  it("is any customer for a server token", async () => {
    const { customerId, email, placement, special } = await shopOfCustomer();
    for (const identity of [{ customerId }, { email: ` ${email.toUpperCase()} ` }]) {
      expect((await decideOne({ identity, placements: [placement] }, server)).value?.name).toBe(special);
    }
  });

  it("is not the customer to whom a device was tied by a mere claim", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const anonymousId = unique("attacker");
    await app.send([{ type: "signIn", anonymousId, customerId }]);
    await app.settle();
    const ask = { identity: { anonymousId }, placements: [placement] };
    const decision = await decideOne(ask);
    expect(decision.value?.name).not.toBe(special);
    expect(codes(decision)).toContain("identity_not_verified");
    expect(decision.reasons[0]?.code).toBe("everybody");
  });

  it("is the customer to whom a device was tied with an identity token", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const anonymousId = unique("phone");
    await app.send([{ type: "signIn", anonymousId, customerId }], { identityToken: token(customerId) });
    await app.settle();
    expect((await decideOne({ identity: { anonymousId }, placements: [placement] })).value?.name).toBe(special);
  });

  it("stays closed to events that ride along with a claim", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const anonymousId = unique("attacker");
    const events = [{ type: "signIn", anonymousId, customerId }];
    const ask = { identity: { anonymousId, customerId }, placements: [placement], events };
    expect((await decideOne(ask)).value?.name).not.toBe(special);
    await app.settle();
    expect((await decideOne(ask)).value?.name).not.toBe(special);
  });

  it("is not the former user of a shared device when the token names another customer", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const anonymousId = unique("shared");
    await app.send([{ type: "signIn", anonymousId, customerId }], { identityToken: token(customerId) });
    await app.settle();
    const newcomer = unique("customer");
    const byToken = { identity: { anonymousId, identityToken: token(newcomer) }, placements: [placement] };
    expect((await decideOne(byToken)).value?.name).not.toBe(special);
    const byServer = { identity: { anonymousId, customerId: newcomer }, placements: [placement] };
    expect((await decideOne(byServer, server)).value?.name).not.toBe(special);
  });
});
