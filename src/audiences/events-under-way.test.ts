import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

it("counts for a new audience the events that are in profiles and not yet in the event store", async () => {
  // Exports come several times a second: each round meets another moment between two of them.
  for (let round = 0; round < 5; round += 1) {
    const anonymousId = `visitor-${round}`;
    const type = `custom${round}`;
    await app.send([{ type, anonymousId }]);
    const profile = async () => (await app.call("GET", `/v1/profiles/by/anonymous_id/${anonymousId}`)).body;
    await expect.poll(async () => (await profile())["counters"], { interval: 5 }).toEqual({ [type]: 1 });
    await app.publish("audience", `audience-${round}`, {
      rule: { event: { name: type, window: { last: "7d" }, count: { op: "gte", value: 1 } } },
    });
    await app.audiences.settled();
    expect((await profile())["audiences"]).toContain(`audience-${round}`);
  }
});
