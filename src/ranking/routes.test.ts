import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => {
  await app.close();
});

describe("the routes of ranking", () => {
  it("tell what serves and what a ranker may learn from", async () => {
    const { status, body } = await app.call("GET", "/v1/ranking");
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: null, trees: 0, trainedOn: null, lists: { ranked: 0, unable: 0 }, runs: [] });
    const features = body["features"] as { name: string; label: string; group: string }[];
    expect(features.length).toBeLessThanOrEqual(80);
    expect(new Set(features.map(({ name }) => name)).size).toBe(features.length);
    expect(features).toContainEqual({
      ...{ name: "taste_brand", label: "Taste for the brand", group: "visitor" },
      ...{ isPersonal: true, isRising: false },
    });
  });

  it("train on demand, and say what is missing in a young shop", async () => {
    const { status, body } = await app.call("POST", "/v1/ranking/train", {});
    expect(status).toBe(202);
    await vi.waitFor(
      async () => {
        const { body: now } = await app.call("GET", "/v1/ranking");
        expect(now["runs"]).toMatchObject([{ id: body["runId"], status: "done", version: null }]);
      },
      { timeout: 30_000, interval: 100 },
    );
    expect((await app.call("GET", "/v1/ranking/versions")).body).toEqual({ items: [] });
  });

  it("know no version that there is not, and refuse strange numbers", async () => {
    expect(await app.call("POST", "/v1/ranking/promote", { version: 7 })).toMatchObject({
      status: 404,
      body: { error: { code: "ranking.versionNotFound" } },
    });
    expect((await app.call("GET", "/v1/ranking/versions/7")).status).toBe(404);
    for (const version of [0, -1, 1.5, "1; drop table", 1e12])
      expect((await app.call("POST", "/v1/ranking/promote", { version })).status).toBe(400);
  });

  it("judge a policy by logged choices, and refuse chances that are none", async () => {
    const choices = Array.from({ length: 1_000 }, (_, at) => ({
      reward: at % 4 === 0 ? 1 : 0,
      logged: 0.5,
      target: 0.5,
    }));
    const { status, body } = await app.call("POST", "/v1/ranking/off-policy", { choices });
    expect(status).toBe(200);
    expect(body).toMatchObject({ snips: 0.25, effectiveSize: 1_000, refusals: [], dr: null });
    for (const bad of [[], [{ reward: 1, logged: 2, target: 0.5 }], [{ reward: "1e999", logged: 1, target: 1 }]])
      expect((await app.call("POST", "/v1/ranking/off-policy", { choices: bad })).status).toBe(400);
    const none = await app.call("POST", "/v1/ranking/off-policy", { choices: [{ reward: 1, logged: 1, target: 0 }] });
    expect(none.body).toMatchObject({ interval: null, snips: 0 });
  });

  it("are closed to write keys", async () => {
    const key = { authorization: "Bearer demo-write-key" };
    expect((await app.call("GET", "/v1/ranking", undefined, key)).status).toBe(403);
    expect((await app.call("POST", "/v1/ranking/train", {}, key)).status).toBe(403);
  });
});
