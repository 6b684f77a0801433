// Accounts as a shop uses them: Segment group calls in, memberships, previews, exact counts and explanations out.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
const segment = { authorization: `Basic ${Buffer.from(`${demoCredentials.writeKey}:`).toString("base64")}` };

async function group(userId: string, groupId: unknown): Promise<void> {
  const body = { userId, groupId, traits: { name: "Acme", first_name: "Company" } };
  expect((await app.call("POST", "/v1/group", body, segment)).status).toBe(200);
}
async function track(userId: string, name: string): Promise<void> {
  expect((await app.call("POST", "/v1/track", { userId, event: name }, segment)).status).toBe(200);
}
async function profileOf(userId: string): Promise<{ profileId: string; audiences: string[] }> {
  const { body } = await app.call("GET", `/v1/profiles/by/user_id/${userId}`);
  return body as never;
}
async function settle(): Promise<void> {
  await app.settle();
  // It rests after a run.
  await vi.waitFor(
    async () => {
      await app.audiences.judgeAccounts();
      expect(await app.profiles.accounts.changes(1)).toEqual([]);
    },
    { timeout: 10_000, interval: 20 },
  );
}
const asked = (account: string, name = "Demo Requested"): object => ({ event: { name, account } });
/** Judged first by what profiles keep, then, with a condition of its own, by past events. */
const drafts = (account: string): readonly object[] => [
  asked(account),
  { event: { name: "Demo Requested", account, where: { any: [] } } },
];

beforeAll(async () => {
  app = await startTestApp();
  await app.publish("audience", "company-asked", { rule: asked("any") });
  await app.publish("audience", "nobody-asked", { rule: asked("none") });
  await app.audiences.settled();
  for (const user of ["u-1", "u-2"]) await group(user, "acme");
  await group("u-3", "umbrella");
  await group("u-4", "__proto__");
  await track("u-5", "Demo Requested");
  await track("u-1", "Demo Requested");
  await settle();
});
afterAll(() => app.close());

describe("accounts of Segment group calls", () => {
  it("let every member of a company in for what one of them did", async () => {
    for (const user of ["u-1", "u-2"]) expect((await profileOf(user)).audiences).toEqual(["company-asked"]);
    // Who has no account is asked nothing, whatever they did themselves.
    for (const user of ["u-3", "u-4", "u-5"]) expect((await profileOf(user)).audiences).toEqual(["nobody-asked"]);
  });

  it("are previewed, counted and explained as they are judged, live or not", async () => {
    for (const [account, count] of [
      ["any", 2],
      ["none", 3],
      ["all", 0],
    ] as const) {
      for (const rule of drafts(account)) {
        const preview = await app.call("POST", "/v1/audiences/preview", { rule });
        expect({ account, ...preview.body }).toMatchObject({ account, count, exact: true, warnings: [] });
        for (const user of ["u-1", "u-2", "u-3", "u-5"]) {
          const { profileId } = await profileOf(user);
          const { body } = await app.call("POST", "/v1/audiences/explain", { rule, profileId });
          const isAcme = user === "u-1" || user === "u-2";
          expect({ user, selected: body["selected"] }).toEqual({
            user,
            selected: account === "any" ? isAcme : account === "none" && !isAcme,
          });
          // A value for each member, and no name.
          const seen = (body["explanation"] as { observed: number[] }).observed;
          expect([...seen].sort()).toEqual(isAcme ? [0, 1] : user === "u-3" ? [0] : []);
        }
      }
    }
  });

  it("are counted exactly in the background", async () => {
    const { exactCounts, selectionOf } = app.audiences.estimates;
    for (const [account, count] of [
      ["any", 2],
      ["none", 3],
    ] as const) {
      for (const rule of drafts(account)) {
        const id = await exactCounts.begin(selectionOf({ rule }));
        await expect.poll(async () => (await exactCounts.find(id))?.status, { timeout: 10_000 }).toBe("live");
        expect(await exactCounts.find(id)).toMatchObject({ count, total: 5 });
      }
    }
  });

  it("are explained for a live audience", async () => {
    const { profileId } = await profileOf("u-2");
    const { body } = await app.call("GET", `/v1/audiences/company-asked/explain?profile=${profileId}`);
    expect(body).toMatchObject({ member: true, explanation: { truth: true } });
    expect(JSON.stringify(body["explanation"])).not.toContain("u-1");
  });

  it("never lend the traits of a company to a person", async () => {
    const { body } = await app.call("GET", "/v1/profiles/by/user_id/u-2");
    expect(JSON.stringify(body["traits"])).not.toContain("Company");
  });

  it("have ids of any characters", async () => {
    for (const [at, id] of ["a\u0000b", "\ud800", "'; drop table account_members; --", 7].entries()) {
      await group(`odd-${at}`, id);
      await track(`odd-${at}`, "Demo Requested");
      await settle();
      expect((await profileOf(`odd-${at}`)).audiences).toEqual(["company-asked"]);
    }
  });

  it("are left with the device that is split off", async () => {
    const send = (path: string, more: object) =>
      app.call("POST", path, { userId: "u-6", anonymousId: "device-6", ...more }, segment);
    await send("/v1/identify", {});
    await app.call("POST", "/v1/group", { anonymousId: "device-6", groupId: "split" }, segment);
    await app.call("POST", "/v1/track", { anonymousId: "device-6", event: "Demo Requested" }, segment);
    await group("u-7", "split");
    await settle();
    expect((await profileOf("u-7")).audiences).toEqual(["company-asked"]);
    const { profileId } = await profileOf("u-6");
    expect((await profileOf("u-6")).audiences).toEqual(["company-asked"]);
    const split = await app.call("POST", `/v1/profiles/${profileId}/split`, {
      identifiers: [{ namespace: "anonymous_id", value: "device-6" }],
    });
    expect(split.status).toBe(200);
    await settle();
    expect((await profileOf("u-6")).audiences).toEqual(["nobody-asked"]);
    expect((await profileOf("u-7")).audiences).toEqual(["company-asked"]);
    const { body } = await app.call("GET", "/v1/profiles/by/anonymous_id/device-6");
    expect(body["audiences"]).toEqual(["company-asked"]);
  });
});
