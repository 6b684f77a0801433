// What an identity token of a browser proves: the customer id, and nothing that stands beside it.
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { edgeCalls, edgeConfig, edgeEvent, uniqueName } from "../../testing/adobe/edge-calls.ts";
import { signAsShop } from "../../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ config: edgeConfig });
});
afterAll(() => app.close());
const { profileOf, visitor } = edgeCalls(() => app);

it("keeps the address that a browser names beside its token a mere claim", async () => {
  const [owner, attacker] = [uniqueName("owner"), uniqueName("attacker")];
  const email = `${owner}@shop.test`;
  await app.sendFromServer([{ type: "profileRecord", customerId: owner, email, traits: { points: 900 } }]);
  // A contact that only the shop's CRM knows: whoever proves its address gets it.
  const guest = `${uniqueName("guest")}@shop.test`;
  await app.sendFromServer([{ type: "profileRecord", email: guest, traits: { points: 40 } }]);
  await app.settle();

  const identityToken = signAsShop(attacker, demoCredentials.identitySecret, Date.now() + 60_000);
  const claim = (address: string) =>
    edgeEvent("userAccount.login", {
      userAccount: { login: 1 },
      person: { accountID: attacker },
      personalEmail: { address },
      identityMap: { Email: [{ id: address, authenticatedState: "authenticated" }] },
    });
  await visitor({ ...claim(email), data: { clientele: { identityToken } } });
  await visitor({ ...claim(guest), data: { clientele: { identityToken } } });

  const own = await profileOf("user_id", attacker);
  expect(own["identifiers"]).toContainEqual(expect.objectContaining({ namespace: "user_id", verified: true }));
  for (const address of [email, guest]) {
    const victim = await profileOf("email", address);
    expect(victim["profileId"]).not.toBe(own["profileId"]);
  }
  expect(own["traits"]).not.toHaveProperty("points");
});

it("does not pass over to another customer id than the one it is made out to", async () => {
  const [mine, other] = [uniqueName("mine"), uniqueName("other")];
  const identityToken = signAsShop(mine, demoCredentials.identitySecret, Date.now() + 60_000);
  const { ecid } = await visitor({
    ...edgeEvent("userAccount.login", { userAccount: { login: 1 }, person: { accountID: other } }),
    data: { clientele: { identityToken } },
  });
  const profile = await profileOf("ecid", ecid);
  expect(profile["identifiers"]).toContainEqual(
    expect.objectContaining({ namespace: "user_id", value: other, verified: false }),
  );
});
