import { afterAll, beforeAll, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import { hourMs, noon } from "../testing/audiences/builders.ts";
import { startTraitApp, type TraitApp } from "../testing/traits/trait-app.ts";

const clock = createFixedClock(noon);
let app: TraitApp;
beforeAll(async () => {
  app = await startTraitApp(clock);
});
afterAll(() => app.close());

let messages = 0;
async function send(type: string, anonymousId: string, more: object = {}): Promise<void> {
  messages += 1;
  const timestamp = new Date(clock.now() - 1_000).toISOString();
  await app.send([{ messageId: `exit-${messages}`, type, anonymousId, timestamp, ...more }]);
  await app.collect.settle();
}
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await app.judgeDue();
}

it("keeps the last exit with the profile, through events, recounts and merges", async () => {
  await app.publishAudience(1, "active", { event: { name: "ping", window: { last: "1h" } } });
  await send("pageView", "old");
  await send("pageView", "never");
  await pass(10 * hourMs);
  await send("ping", "old");
  await app.publishAudience(2, "quiet", { audience: { id: "active", member: false, for: "3h" } });
  expect(await app.audiencesOf("old")).toEqual(["active"]);
  // Ten hours old, and never a member.
  expect(await app.audiencesOf("never")).toEqual(["quiet"]);
  await pass(hourMs);
  expect(await app.audiencesOf("old")).toEqual([]);
  await pass(2 * hourMs);
  await send("pageView", "old");
  expect(await app.audiencesOf("old")).toEqual([]);
  // The newer exit of the two is the person's.
  await send("signIn", "old", { customerId: "one" });
  await send("signIn", "never", { customerId: "one" });
  expect(await app.audiencesOf("never")).toEqual([]);
  await app.audiences.recompute(["active", "quiet"]);
  expect(await app.audiencesOf("never")).toEqual([]);
  await pass(hourMs - 2_000);
  expect(await app.audiencesOf("old")).toEqual([]);
  await pass(2_000);
  expect(await app.audiencesOf("old")).toEqual(["quiet"]);
});
