// What stands behind a verified event: a trusted server for all of it, or an identity token for the customer id.
import { describe, expect, it } from "vitest";
import { buildEvent, type RequestFacts } from "./build-event.ts";
import { isTrustedSource, type SourceKind } from "./event.ts";

function build(sourceKind: SourceKind, proof: { trusted?: boolean; token?: string }, customerId = "42") {
  const facts: RequestFacts = {
    sourceId: "s",
    sourceKind,
    trusted: proof.trusted ?? false,
    provenCustomerId: proof.token ?? null,
    receivedAt: 1_760_000_000_000,
    sentAt: undefined,
    bounds: { maxAgeMs: 0, correctByDelay: false },
    defaultStoreView: "default",
  };
  const identifiers = [
    { namespace: "user_id", value: customerId },
    { namespace: "email", value: "ann@shop.test" },
  ];
  const raw = { type: "signIn", originalName: "signIn", identifiers, properties: {}, context: {} };
  const result = buildEvent(raw, raw, facts);
  if (!result.ok) throw new Error(result.message);
  return result.event;
}

describe("an event", () => {
  it.each(["edge", "segment", "snowplow"] as const)("of %s with an identity token is verified, not trusted", (kind) => {
    const event = build(kind, { token: "42" });
    expect(event).toMatchObject({ verified: true, flags: ["customer_proven"] });
    expect(isTrustedSource(event)).toBe(false);
  });

  it("of a browser's own protocol needs no mark: nothing of that kind is trusted", () => {
    const event = build("native", { token: "42" });
    expect(event).toMatchObject({ verified: true, flags: [] });
    expect(isTrustedSource(event)).toBe(false);
  });

  it.each(["edge", "segment", "server", "connector", "history"] as const)(
    "of a trusted %s source is trusted",
    (kind) => {
      const event = build(kind, { trusted: true, token: "42" });
      expect(event).toMatchObject({ verified: true, flags: [] });
      expect(isTrustedSource(event)).toBe(true);
    },
  );

  it("that names another customer than its token is a claim", () => {
    const event = build("edge", { token: "42" }, "43");
    expect(event).toMatchObject({ verified: false, flags: [] });
    expect(isTrustedSource(event)).toBe(false);
  });
});
