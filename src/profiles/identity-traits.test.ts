// Traits that a merchant made identifiers (profiles-and-journeys A.1, row 9).
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CanonicalEvent } from "../collect/index.ts";
import type { JsonObject } from "../kernel/index.ts";
import { type IdentityApp, startIdentityApp, unique } from "../testing/identity-app.ts";
import { emptyGraph, heldBy, resolveAll, rulesOf, said } from "../testing/identity-messages.ts";
import { toMessage } from "./identity-message.ts";
import { createIdentityRules, defaultIdentitySettings, type IdentityRules } from "./identity-rules.ts";
import { readIdentitySettings } from "./identity-settings.ts";
import type { TraitIdentifier } from "./identity-traits.ts";

function rulesWith(...traits: readonly (Partial<TraitIdentifier> & { readonly trait: string })[]): IdentityRules {
  const traitIdentifiers = traits.map(
    (trait): TraitIdentifier => ({ namespace: "club", limit: 5, unique: false, normalise: "trim", ...trait }),
  );
  return createIdentityRules({ settings: { ...defaultIdentitySettings, traitIdentifiers } });
}

type Sayer = Parameters<typeof said>[1];
function saidWith(at: number, who: Sayer, traits: JsonObject, type = "profileRecord"): CanonicalEvent {
  return { ...said(at, who), type, properties: { traits } };
}

function valuesOf(event: CanonicalEvent, rules: IdentityRules): readonly string[] {
  const { persons = [] } = toMessage(event, rules) ?? {};
  return persons.filter(({ namespace }) => namespace.startsWith("trait:")).map(({ value }) => value);
}

describe("a trait that is set to identify", () => {
  it("is found in camelCase and snake_case, in the event's traits or those of its context", () => {
    for (const trait of ["clubNumber", "club_number"]) {
      const rules = rulesWith({ trait });
      expect(valuesOf(saidWith(0, { device: "a" }, { clubNumber: " C7 " }), rules)).toEqual(["C7"]);
      expect(valuesOf(saidWith(0, { device: "a" }, { club_number: 7 }), rules)).toEqual(["7"]);
      const repeated = { ...said(0, { device: "a" }), context: { traits: { clubNumber: "C7" } } };
      expect(valuesOf(repeated, rules)).toEqual(["C7"]);
    }
  });

  it("is not one of a company, a list, a placeholder or a value of the merchant's block list", () => {
    const rules = rulesWith({ trait: "clubNumber" });
    const traits = { clubNumber: "C7" };
    expect(valuesOf(saidWith(0, { device: "a" }, traits, "group"), rules)).toEqual([]);
    const nothing = [
      "",
      "0000",
      "null",
      "Guest",
      "[object Object]",
      "x".repeat(600),
      "x".repeat(9_000),
      true,
      ["C7"],
      {},
    ];
    for (const clubNumber of nothing) expect(valuesOf(saidWith(0, { device: "a" }, { clubNumber }), rules)).toEqual([]);
    const blocked = createIdentityRules({
      settings: readIdentitySettings({
        blockedValues: ["c7"],
        traitIdentifiers: [{ trait: "clubNumber", namespace: "club" }],
      }),
    });
    expect(valuesOf(saidWith(0, { device: "a" }, traits), blocked)).toEqual([]);
    const hostile: JsonObject = JSON.parse('{"__proto__": {"clubNumber": "C7"}}');
    expect(valuesOf(saidWith(0, { device: "a" }, hostile), rules)).toEqual([]);
  });

  it.each([
    ["none", " Ä-7 ", " Ä-7 "],
    ["trim", " Ä-7 ", "Ä-7"],
    ["lower", " A\u0308-7 ", "ä-7"],
    ["upper", " ä-7 ", "Ä-7"],
    ["digits", "No. 12-34 / 5", "12345"],
  ] as const)("is made comparable by %s", (normalise, given, expected) => {
    const rules = rulesWith({ trait: "clubNumber", normalise });
    expect(valuesOf(saidWith(0, { device: "a" }, { clubNumber: given }), rules)).toEqual([expected]);
    // Whoever names the namespace itself says the same.
    const direct = said(0, { device: "a" });
    const named = { ...direct, identifiers: [...direct.identifiers, { namespace: "trait:club", value: given }] };
    expect(valuesOf(named, rules)).toEqual([expected]);
  });

  it("of which only digits would be left is none when there are none", () => {
    const rules = rulesWith({ trait: "clubNumber", normalise: "digits" });
    for (const clubNumber of ["abc", "0-0"])
      expect(valuesOf(saidWith(0, { device: "a" }, { clubNumber }), rules)).toEqual([]);
  });

  it("makes two devices one person when a trusted source names it, and not on a browser's word", () => {
    const rules = rulesWith({ trait: "clubNumber" });
    for (const [trusted, persons] of [
      [true, 1],
      [false, 2],
    ] as const) {
      const graph = emptyGraph();
      const events = [
        {
          ...saidWith(0, { user: "u1", device: "a1" }, { clubNumber: "C7" }),
          verified: true,
          sourceKind: "server" as const,
        },
        {
          ...saidWith(1, { device: "a2" }, { club_number: "C7" }),
          verified: trusted,
          sourceKind: trusted ? ("server" as const) : ("native" as const),
        },
      ];
      expect(new Set(resolveAll(graph, events, rules)).size).toBe(persons);
    }
  });

  it("keeps two customers apart who both name it, and reports them as possibly one", () => {
    const graph = emptyGraph();
    const rules = rulesWith({ trait: "clubNumber" });
    const ids = resolveAll(
      graph,
      [saidWith(0, { user: "u1" }, { clubNumber: "C7" }), saidWith(1, { user: "u2" }, { clubNumber: "C7" })],
      rules,
    );
    expect(new Set(ids).size).toBe(2);
    expect(rulesOf(graph)).toContain("demote possible_duplicate");
  });

  it("is held as often as its limit allows; a unique one with two values is two persons", () => {
    const limited = emptyGraph();
    const two = rulesWith({ trait: "clubNumber", limit: 2 });
    const events = ["C1", "C2", "C3"].map((clubNumber, at) => saidWith(at, { user: "u1" }, { clubNumber }));
    const [profile] = resolveAll(limited, events, two);
    expect(heldBy(limited, profile)).toEqual(expect.arrayContaining(["trait:club C1", "trait:club C2"]));
    expect(rulesOf(limited)).toContain("demote limit");
    for (const [isUnique, persons] of [
      [false, 1],
      [true, 2],
    ] as const) {
      const graph = emptyGraph();
      const ids = resolveAll(
        graph,
        [
          saidWith(0, { device: "a1" }, { clubNumber: "C1" }),
          saidWith(1, { device: "a2" }, { clubNumber: "C2" }),
          said(2, { device: "a1", user: "u1" }),
          said(3, { device: "a2", user: "u1" }),
        ],
        rulesWith({ trait: "clubNumber", unique: isUnique }),
      );
      expect(new Set(graph.profiles.keys()).size).toBe(persons);
      expect(ids).toHaveLength(4);
    }
  });
});

describe("settings of traits", () => {
  it("have defaults, and every fault is named at once", () => {
    expect(readIdentitySettings({ traitIdentifiers: [{ trait: " clubNumber ", namespace: "club" }] })).toMatchObject({
      traitIdentifiers: [{ trait: "clubNumber", namespace: "club", limit: 5, unique: false, normalise: "trim" }],
    });
    const faults = (traitIdentifiers: unknown): readonly string[] => {
      try {
        readIdentitySettings({ traitIdentifiers });
        return [];
      } catch (error) {
        return (error as { details: { path: string }[] }).details.map(({ path }) => path);
      }
    };
    expect(faults("x")).toEqual(["/traitIdentifiers"]);
    expect(
      faults([{ trait: "email", namespace: "Club:1", limit: 0, unique: "yes", normalise: "hash", more: 1 }, 7]),
    ).toEqual([
      ...["more", "trait", "namespace", "limit", "unique", "normalise"].map((key) => `/traitIdentifiers/0/${key}`),
      "/traitIdentifiers/1",
    ]);
    const club = { trait: "clubNumber", namespace: "club" };
    expect(faults([club, { trait: "club_number", namespace: "other" }])).toEqual(["/traitIdentifiers"]);
    expect(faults([club, { trait: "member", namespace: "club" }])).toEqual(["/traitIdentifiers"]);
    expect(faults(Array.from({ length: 51 }, (_, at) => ({ trait: `t${at}`, namespace: `n${at}` })))).toHaveLength(1);
  });
});

describe("a shop whose club number identifies", () => {
  let its: IdentityApp;
  beforeAll(async () => {
    its = await startIdentityApp();
  });
  afterAll(async () => its.close());

  it("finds the person by it, with all events, and again after the profile was split and computed anew", async () => {
    const traitIdentifiers = [{ trait: "clubNumber", namespace: "club", normalise: "upper" }];
    const saved = await its.call("PUT", "/v1/identity/settings", { traitIdentifiers });
    expect(saved).toMatchObject({ status: 200, body: { traitIdentifiers: [{ ...traitIdentifiers[0], limit: 5 }] } });
    const [phone, till, club] = [unique("phone"), unique("till"), unique("C")];
    await its.sendInTurn([
      { type: "profileRecord", anonymousId: phone, traits: { clubNumber: club.toLowerCase() } },
      {
        type: "orderPlaced",
        anonymousId: till,
        traits: { club_number: ` ${club} ` },
        properties: { orderId: unique("o") },
      },
    ]);
    const person = await its.by("trait:club", club);
    expect(person["counters"]).toEqual({ profileRecord: 1, orderPlaced: 1 });
    expect(person["profileId"]).toBe((await its.by("anonymous_id", phone))["profileId"]);
    const order = { identifiers: [{ namespace: "anonymous_id", value: till }] };
    expect((await its.call("POST", `/v1/profiles/${String(person["profileId"])}/split`, order)).status).toBe(200);
    await its.settle();
    // Both events say the number: they stay with its owner.
    expect((await its.by("trait:club", club))["counters"]).toEqual({ profileRecord: 1, orderPlaced: 1 });
    expect((await its.call("PUT", "/v1/identity/settings", {})).body["traitIdentifiers"]).toEqual([]);
  });
});
