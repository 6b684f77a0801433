import { describe, expect, it } from "vitest";
import { foldAccesses } from "./fold-accesses.ts";
import type { Access } from "./shapes.ts";

const access = (second: number, more: Partial<Access> = {}): Access => ({
  at: new Date(Date.UTC(2026, 5, 1, 12, 0, second)).toISOString(),
  actor: "ada",
  via: "ui",
  action: "profile.read",
  after: { path: "/v1/profiles/:id" },
  requestId: null,
  ...more,
});

describe("who saw a person", () => {
  it("makes one row of what a page asked for in one go", () => {
    const rows = foldAccesses([access(20, { after: { path: "/v1/profiles/:id/events" } }), access(18), access(18)]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ places: ["Timeline", "Profile"], times: 3 });
  });

  it("keeps people, actions and later visits apart", () => {
    const rows = foldAccesses([
      access(200),
      access(100),
      access(99, { actor: "bob" }),
      access(98, { actor: "bob", action: "profile.export", after: null }),
    ]);
    expect(rows.map(({ actor, action, times }) => `${actor} ${action} ${times}`)).toEqual([
      "ada profile.read 1",
      "ada profile.read 1",
      "bob profile.read 1",
      "bob profile.export 1",
    ]);
    expect(rows[3]?.places).toEqual([]);
  });
});
