import { describe, expect, it } from "vitest";
import { anEvent } from "../../testing/builders.ts";
import { admitItem, type ConsentStates } from "./admit-event.ts";
import type { ConsentNeed } from "./destination.ts";

const now = 1_800_000_000_000;
const said = (status: "granted" | "denied", at = now - 1_000) => ({ status, at, source: "test" });
const leaves = (need: ConsentNeed, consents: ConsentStates | undefined, type = "pageView") =>
  admitItem({ profileId: "p", event: anEvent({ type, customerId: "c" }) }, need, consents, now);

describe("what may leave", () => {
  const need = (unset: ConsentNeed["unset"], ...categories: string[]): ConsentNeed => ({ categories, unset });

  it("follows what the person said, and the rule of each category where nothing was said", () => {
    expect(leaves(need("default", "analytics"), {})).not.toBeNull();
    expect(leaves(need("default", "analytics", "marketing"), {})).toBeNull();
    expect(leaves(need("default", "marketing"), { marketing: said("granted") })).not.toBeNull();
    expect(leaves(need("allow", "marketing"), {})).not.toBeNull();
    expect(leaves(need("allow", "marketing"), { marketing: said("denied") })).toBeNull();
    expect(leaves(need("deny", "analytics"), {})).toBeNull();
  });

  it("ends when a grant ends, and knows channels", () => {
    expect(leaves(need("default", "marketing"), { marketing: said("granted", now - 800 * 86_400_000) })).toBeNull();
    const onlyMail = { "marketing:email": said("granted") };
    expect(leaves(need("default", "marketing:email"), onlyMail)).not.toBeNull();
    expect(leaves(need("default", "marketing:sms"), onlyMail)).toBeNull();
  });

  it("is nothing of somebody who is gone, and no behaviour of somebody who denied analytics", () => {
    expect(leaves(need("allow"), undefined)).toBeNull();
    const denied = { analytics: said("denied") };
    expect(leaves(need("allow"), denied)).toBeNull();
    const order = leaves(need("allow"), denied, "orderPlaced");
    expect(order?.event.identifiers).toEqual([]);
    expect(order?.profileId).toBeUndefined();
  });
});
