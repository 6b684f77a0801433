import { describe, expect, it } from "vitest";
import { emptyDraft, moved, otherIdentifiers, toDraft, toEvent } from "./draft-message.ts";

describe("an event of a simulation in the form", () => {
  it("comes out as it went in, with what the form has no field for", () => {
    const events = [
      { type: "signIn", anonymousId: "tablet", customerId: "1", trusted: false },
      { type: "alias", customerId: "2", properties: { previousId: "1" }, timestamp: "2026-03-01T10:00:00Z" },
      {
        type: "orderPlaced",
        email: "a@example.com",
        properties: { orderId: "o-1" },
        context: { page: { title: "T" } },
      },
      { type: "signIn", customerId: "3", trusted: "customerId" },
    ];
    expect(events.map((event) => toEvent(toDraft(event)))).toEqual(events);
  });

  it("shows kept identifiers in the fields they belong to, and names the others", () => {
    const draft = toDraft({
      messageId: "m",
      sourceId: "shop",
      type: "event",
      identifiers: [
        { namespace: "email", value: "a@example.com" },
        { namespace: "anonymous_id", value: "phone" },
        { namespace: "anonymous_id", value: "tablet" },
        { namespace: "ecid", value: "77" },
      ],
    });
    expect(draft).toMatchObject({ email: "a@example.com", anonymousId: "phone" });
    expect(otherIdentifiers(draft)).toEqual([
      { namespace: "anonymous_id", value: "tablet" },
      { namespace: "ecid", value: "77" },
    ]);
    expect(toEvent(draft)).toEqual({
      type: "event",
      anonymousId: "phone",
      email: "a@example.com",
      identifiers: [
        { namespace: "anonymous_id", value: "tablet" },
        { namespace: "ecid", value: "77" },
      ],
    });
  });

  it("changes places with its neighbour, while the times stay in order", () => {
    const at = (timestamp: string, type: string) => ({ ...emptyDraft(), timestamp, type });
    const rows = moved([at("10:00", "signIn"), at("11:00", "signOut")], 1, 0);
    expect(rows.map(({ timestamp, type }) => [timestamp, type])).toEqual([
      ["10:00", "signOut"],
      ["11:00", "signIn"],
    ]);
    expect(moved(rows, 0, -1)).toBe(rows);
  });
});
