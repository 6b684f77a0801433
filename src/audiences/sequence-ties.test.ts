// Events of one millisecond in a sequence: the same answer as they come, from the event store, and in SQL.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import type { RuleNode } from "../kernel/rules/index.ts";
import { noon } from "../testing/audiences/builders.ts";
import { startTraitApp, type TraitApp } from "../testing/traits/trait-app.ts";

const clock = createFixedClock(noon);
let app: TraitApp;
beforeAll(async () => {
  app = await startTraitApp(clock);
});
afterAll(() => app.close());

const rule: RuleNode = { sequence: { steps: [{ name: "addToCart" }, { name: "startCheckout" }] } };
const timestamp = new Date(noon - 1_000).toISOString();
const event = (anonymousId: string, type: string, messageId: string): object => ({
  anonymousId,
  type,
  messageId,
  timestamp,
});

/** Who puts something into the cart and goes to the checkout in the same millisecond, in either order. */
async function shop(prefix: string): Promise<void> {
  await app.send([
    event(`${prefix}-right`, "startCheckout", `${prefix}-r-2`),
    event(`${prefix}-right`, "addToCart", `${prefix}-r-1`),
    event(`${prefix}-wrong`, "addToCart", `${prefix}-w-2`),
    event(`${prefix}-wrong`, "startCheckout", `${prefix}-w-1`),
    event(`${prefix}-late`, "addToCart", `${prefix}-l-9`),
  ]);
  // Received later: that decides before the message id does.
  clock.advance(1);
  await app.send([event(`${prefix}-late`, "startCheckout", `${prefix}-l-1`)]);
  await app.collect.settle();
  clock.advance(10);
}

const memberships = async (prefix: string): Promise<readonly boolean[]> =>
  Promise.all(
    ["right", "wrong", "late"].map(async (who) => (await app.audiencesOf(`${prefix}-${who}`)).includes("tie")),
  );

it("are ordered by time of receipt, then by message id: before the audience was published, after it, and for a preview", async () => {
  await shop("past");
  const preview = await app.audiences.estimates.preview(app.audiences.estimates.selectionOf({ rule }));
  expect(preview.count).toBe(2);
  await app.publishAudience(1, "tie", rule);
  expect(await memberships("past")).toEqual([true, false, true]);
  await shop("live");
  expect(await memberships("live")).toEqual([true, false, true]);
});
