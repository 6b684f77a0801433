import { describe, expect, it } from "vitest";
import { startClient, useBrowser } from "../testing/browser.ts";

const bench = useBrowser();
const { openPage } = bench;

const storedKeys = () => Object.keys(localStorage).filter((key) => key.startsWith("clientele"));

describe("identity", () => {
  it("knows a returning browser by storage or by cookie", async () => {
    const page = await openPage();
    await startClient(page);
    const id = await page.evaluate(() => client.anonymousId);
    const [cookie] = await bench.context().cookies();
    expect(cookie).toMatchObject({ name: "clientele_id", value: id, sameSite: "Lax", path: "/" });
    expect(cookie!.expires - Date.now() / 1000).toBeGreaterThan(394 * 86_400);

    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await startClient(page);
    expect(await page.evaluate(() => client.anonymousId)).toBe(id);

    await bench.context().clearCookies();
    await page.reload();
    await startClient(page);
    expect(await page.evaluate(() => client.anonymousId)).toBe(id);
    expect(await bench.context().cookies()).toMatchObject([{ value: id }]);
  });

  it("names the person from sign-in to sign-out, in every tab", async () => {
    const page = await openPage();
    const other = await openPage();
    await startClient(page);
    await startClient(other);
    await page.evaluate(() => {
      client.pageView();
      client.signIn({ customerId: "42", email: "a@shop.test", identityToken: "t-1" });
    });
    await other.evaluate(() => client.custom("elsewhere"));
    await page.evaluate(() => {
      client.signOut();
      client.custom("after");
    });

    await bench.endpoint.until(() => bench.endpoint.events().length >= 5);
    const personOf = (type: string) => bench.endpoint.events().find((event) => event.type === type)?.customerId;
    expect(["pageView", "signIn", "elsewhere", "signOut", "after"].map(personOf)).toEqual([
      undefined,
      "42",
      "42",
      "42",
      undefined,
    ]);
    const proven = bench.endpoint.batches().filter((batch) => batch.body.identityToken === "t-1");
    expect(proven.flatMap((batch) => batch.body.events?.map((event) => event.type)).sort()).toEqual([
      "elsewhere",
      "signIn",
      "signOut",
    ]);
  });

  it("does not mix two people who sign in one after the other", async () => {
    const page = await openPage();
    await startClient(page);
    await page.evaluate(() => {
      client.identify({ customerId: "1", email: "one@shop.test", traits: { firstName: "Una" } });
      client.identify({ customerId: "2" });
    });
    await bench.endpoint.until(() => bench.endpoint.events().length >= 2);
    const [one, two] = bench.endpoint.events();
    expect(one).toMatchObject({
      type: "profileRecord",
      customerId: "1",
      email: "one@shop.test",
      properties: { traits: { firstName: "Una" } },
    });
    expect(two).toMatchObject({ customerId: "2" });
    expect(two).not.toHaveProperty("email");
  });

  it("sends events on without a token that the server refused, and asks for a new one", async () => {
    const page = await openPage();
    bench.endpoint.answerWith(({ body }) =>
      body.identityToken ? { status: 401, body: { error: { code: "access.identityToken" } } } : {},
    );
    await startClient(page, { customerId: "7", identityToken: "expired" });
    const id = await page.evaluate(() => client.custom("kept"));

    await bench.endpoint.until(() => bench.endpoint.batches().length >= 2);
    expect(bench.endpoint.batches()[1]?.body).toMatchObject({ events: [{ messageId: id, customerId: "7" }] });
    expect(bench.endpoint.batches()[1]?.body.identityToken).toBeUndefined();
    expect(await page.evaluate(() => faults)).toMatchObject([{ code: "identityToken" }]);
    await page.evaluate(() => client.custom("next"));
    await bench.endpoint.until(() => bench.endpoint.types().includes("next"));
    expect(bench.endpoint.batches()).toHaveLength(3);
  });

  it("becomes somebody new on reset", async () => {
    const page = await openPage();
    await startClient(page);
    const before = await page.evaluate(() => [client.identify({ customerId: "1" }), client.anonymousId][1]);
    await page.evaluate(() => {
      client.reset();
      client.custom("fresh");
    });
    await bench.endpoint.until(() => bench.endpoint.types().includes("fresh"));
    const fresh = bench.endpoint.events().find((event) => event.type === "fresh");
    expect(fresh?.anonymousId).not.toBe(before);
    expect(fresh).not.toHaveProperty("customerId");
  });

  it("starts a session anew after 30 minutes without activity", async () => {
    const page = await openPage();
    await page.clock.install();
    await startClient(page, { flushIntervalMs: 0 });
    const sessionAfter = async (minutes: number): Promise<string> => {
      await page.clock.fastForward(minutes * 60_000);
      const id = await page.evaluate(() => [client.custom("tick"), client.flush()][0] as string);
      await bench.endpoint.until(() => bench.endpoint.events().some((event) => event.messageId === id));
      return bench.endpoint.events().find((event) => event.messageId === id)!.context.sessionId;
    };
    const first = await sessionAfter(0);
    expect(await sessionAfter(29)).toBe(first);
    expect(await sessionAfter(29)).toBe(first);
    expect(await sessionAfter(31)).not.toBe(first);
  });
});

describe("consent", () => {
  it("sends and stores nothing before consent, then everything that waited", async () => {
    const page = await openPage();
    await startClient(page, { consent: { default: "pending" }, flushIntervalMs: 0 });
    await page.evaluate(() => client.pageView());
    await page.evaluate(() => client.flush());
    expect(bench.endpoint.requests).toHaveLength(0);
    expect(await page.evaluate(storedKeys)).toEqual([]);
    expect(await bench.context().cookies()).toEqual([]);

    await page.evaluate(() => client.setConsent({ analytics: true, personalisation: true }));
    await bench.endpoint.until(() => bench.endpoint.events().length >= 2);
    expect(bench.endpoint.types()).toEqual(["pageView", "consentUpdated"]);
    const [view, update] = bench.endpoint.events();
    expect(view?.anonymousId).toBe(update?.anonymousId);
    expect(update?.context.consent).toEqual({ categoryPreferences: { analytics: true, personalisation: true } });

    await page.reload();
    await startClient(page, { consent: { default: "pending" } });
    await page.evaluate(() => client.custom("later"));
    await bench.endpoint.until(() => bench.endpoint.types().includes("later"));
    expect(bench.endpoint.events().at(-1)).toMatchObject({
      anonymousId: view?.anonymousId,
      context: { consent: { categoryPreferences: { analytics: true } } },
    });
  });

  it("holds at most 100 events back", async () => {
    const page = await openPage();
    await startClient(page, { consent: { default: "pending" } });
    await page.evaluate(() => {
      for (let at = 0; at < 120; at += 1) client.custom("held", { at });
      client.setConsent({ analytics: true });
    });
    await bench.endpoint.until(() => bench.endpoint.types().includes("consentUpdated"));
    const held = bench.endpoint.events().filter((event) => event.type === "held");
    expect(held).toHaveLength(100);
    expect(held[0]?.properties.at).toBe(20);
  });

  it("sends only the refusal once analytics is denied, and forgets who this was", async () => {
    const page = await openPage();
    await startClient(page, { flushIntervalMs: 60_000 });
    await page.evaluate(() => {
      client.pageView();
      client.setConsent({ analytics: false, personalisation: false, marketing: false, advertising: false });
      client.custom("never");
    });
    await bench.endpoint.until(() => bench.endpoint.events().length >= 1);
    await page.evaluate(() => client.flush());
    expect(bench.endpoint.types()).toEqual(["consentUpdated"]);
    const [refusal] = bench.endpoint.events();
    expect(refusal?.context).toEqual({
      consent: {
        categoryPreferences: { analytics: false, personalisation: false, marketing: false, advertising: false },
      },
      library: { name: "@clientele/browser", version: "0.1.0" },
    });
    await page.waitForFunction(() => client.stats().queued === 0);
    expect(await page.evaluate(storedKeys)).toEqual(["clientele.consent"]);
    expect(await bench.context().cookies()).toEqual([]);

    await page.reload();
    await startClient(page);
    await page.evaluate(() => client.custom("still never"));
    await page.evaluate(() => client.flush());
    expect(bench.endpoint.events()).toHaveLength(1);
  });

  it("obeys in one tab what was refused in another", async () => {
    const page = await openPage();
    const other = await openPage();
    await startClient(page, { flushIntervalMs: 60_000 });
    await startClient(other);
    await page.evaluate(() => client.custom("queued"));
    await other.evaluate(() => client.setConsent({ analytics: false }));
    await page.waitForFunction(() => client.stats().queued === 0);
    await page.evaluate(() => client.flush());
    expect(bench.endpoint.types()).toEqual(["consentUpdated"]);
  });

  it("asks for decisions without identity when personalisation is denied", async () => {
    const page = await openPage();
    bench.endpoint.answerWith(() => ({ body: { decisions: [] } }));
    await startClient(page, { customerId: "42" });
    await page.evaluate(() => client.setConsent({ personalisation: false }));
    await page.evaluate(() => client.decide(["home.hero"]));
    await page.evaluate(() => client.search({ q: "bag" }));
    const [decide, search] = bench.endpoint.requests.filter(({ path }) => path !== "/v1/events");
    expect(decide?.body["identity"]).toEqual({});
    expect(decide?.body.events).toBeUndefined();
    expect(JSON.stringify(decide?.body)).not.toContain(await page.evaluate(() => client.anonymousId));
    expect([...search!.query.keys()]).toEqual(["q"]);
  });

  it("takes Global Privacy Control as a refusal of advertising until it is granted explicitly", async () => {
    const page = await openPage();
    await page.evaluate(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    await startClient(page);
    await page.evaluate(() => client.custom("gpc"));
    await page.evaluate(() => client.setConsent({ advertising: true }));
    await bench.endpoint.until(() => bench.endpoint.events().length >= 2);
    expect(bench.endpoint.events().map((event) => event.context.consent)).toEqual([
      { categoryPreferences: { advertising: false } },
      { categoryPreferences: { advertising: true } },
    ]);
  });

  it("ignores the privacy signal when told to", async () => {
    const page = await openPage();
    await page.evaluate(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    await startClient(page, { consent: { respectGpc: false } });
    await page.evaluate(() => client.custom("plain"));
    await bench.endpoint.until(() => bench.endpoint.events().length >= 1);
    expect(bench.endpoint.events()[0]?.context.consent).toBeUndefined();
  });
});
