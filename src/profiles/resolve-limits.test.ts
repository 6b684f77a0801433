// Blocked values, the fuse and the limits of a profile (profiles-and-journeys A.2, A.5).
import { describe, expect, it } from "vitest";
import { day, emptyGraph, heldBy, resolveAll, rulesOf, said } from "../testing/identity-messages.ts";
import { quarantined } from "./identity-graph.ts";
import { identityKeyOf } from "./identity-message.ts";
import { createIdentityRules, defaultIdentitySettings } from "./identity-rules.ts";

describe("a value that stands for nobody", () => {
  it("of the merchant's own list makes no link", () => {
    const rules = createIdentityRules({
      settings: { ...defaultIdentitySettings, blockedValues: [" Kiosk "], blockedPatterns: ["^bot-[0-9]+$"] },
    });
    const graph = emptyGraph();
    expect(resolveAll(graph, [said(0, { user: "KIOSK" }), said(1, { device: "bot-7" })], rules)).toEqual(["", ""]);
    const event = said(2, { user: "kiosk", device: "a1" });
    const [profile] = resolveAll(graph, [event], rules);
    expect(heldBy(graph, profile)).toEqual(["anonymous_id a1"]);
    expect(identityKeyOf(event, rules)).toBe("anonymous_id:a1");
  });

  it("is quarantined when it would link a tenth person within a day, and not when they come slowly", () => {
    for (const [step, isBlown] of [
      [60_000, true],
      [3 * 3_600_000, false],
    ] as const) {
      const graph = emptyGraph();
      const ids = resolveAll(
        graph,
        Array.from({ length: 12 }, (_, n) => said(n * step, { user: `u${n}`, device: "kiosk" })),
      );
      expect(new Set(ids).size).toBe(12);
      const last = graph.linksByKey.get("anonymous_id\u0001kiosk")?.at(-1)?.profileId;
      expect(last === quarantined).toBe(isBlown);
      expect(graph.quarantines).toHaveLength(isBlown ? 1 : 0);
      const [after] = resolveAll(graph, [said(13 * step, { device: "kiosk" })]);
      expect(after === "").toBe(isBlown);
    }
  });

  it("is quarantined as an address too, although it links only the first person", () => {
    const graph = emptyGraph();
    resolveAll(
      graph,
      Array.from({ length: 11 }, (_, n) => said(n, { user: `u${n}`, email: "info@shop.test" })),
    );
    expect(graph.quarantines.map(({ identifier }) => identifier.namespace)).toEqual(["email", "email_sha256"]);
    expect(resolveAll(graph, [said(99, { email: "info@shop.test" })])).toEqual([""]);
  });
});

describe("limits of a profile", () => {
  it("of 1,000 identifiers refuse further links; events still resolve", () => {
    const graph = emptyGraph();
    const ids = resolveAll(
      graph,
      Array.from({ length: 1_010 }, (_, n) => said(n, { user: "hub", device: `a${n}` })),
    );
    expect(new Set(ids).size).toBe(1);
    expect(graph.profiles.get(ids[0] ?? "")?.links.length).toBe(1_000);
    expect(rulesOf(graph)).toContain("refuse identifier_limit");
  });

  it("of 100 merges refuse further ones", () => {
    const graph = emptyGraph();
    // Two weeks apart each: the limit of five a week plays no part.
    resolveAll(
      graph,
      Array.from({ length: 103 }, (_, n) => [
        said(n * 14 * day, { device: `a${n}` }),
        said(n * 14 * day + 1, { user: "hub", device: `a${n}` }),
      ]).flat(),
    );
    expect(graph.profiles.size).toBe(3);
    expect(rulesOf(graph).filter((rule) => rule === "refuse merge_limit")).toHaveLength(2);
  });
});

describe("a load of 100,000 identifiers", () => {
  it("makes as many profiles as there are persons, and one device among all of them none more", () => {
    const graph = emptyGraph();
    for (let n = 0; n < 50_000; n += 1)
      resolveAll(graph, [said(n * 1_000, { user: `u${n}`, device: n % 1_000 === 0 ? "kiosk" : `a${n}` })]);
    expect(graph.profiles.size).toBe(50_000);
    expect(graph.linksByKey.size).toBe(50_000 + 49_950 + 1);
    // Once in 1,000 seconds: 86 persons a day blow the fuse of the kiosk.
    expect(graph.quarantines).toHaveLength(1);
  });
});
