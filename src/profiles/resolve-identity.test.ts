// Every row of profiles-and-journeys A.1 to A.5 on the pure resolver.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alias,
  claimed,
  day,
  device,
  emptyGraph,
  heldBy,
  resolveAll,
  rulesOf,
  said,
  start,
} from "../testing/identity-messages.ts";
import { ownerAt } from "./identity-graph.ts";
import { hashOfEmail, identityKeyOf } from "./identity-message.ts";
import { createIdentityRules, defaultIdentitySettings, plainRules } from "./identity-rules.ts";

describe("a device", () => {
  it("brings all its anonymous history to the person who signs in", () => {
    const graph = emptyGraph();
    const [browse, signIn] = resolveAll(graph, [said(0, { device: "a1" }), said(1, { user: "u1", device: "a1" })]);
    expect(browse).toBe(signIn);
  });

  it("is one of several of a person, with all their histories", () => {
    const graph = emptyGraph();
    const ids = resolveAll(graph, [
      said(0, { device: "a1" }),
      said(1, { device: "a1", user: "u1" }),
      said(2, { device: "a2" }),
      said(3, { device: "a2", user: "u1" }),
    ]);
    expect(new Set(ids).size).toBe(1);
  });

  it("that two persons share is re-pointed from the second one's sign-in on, and nobody merges", () => {
    const graph = emptyGraph();
    const [first, , second, after] = resolveAll(graph, [
      said(0, { device: "a1", user: "u1" }),
      said(1, { device: "a1" }),
      said(10, { device: "a1", user: "u2" }),
      said(11, { device: "a1" }),
    ]);
    expect(second).not.toBe(first);
    expect(after).toBe(second);
    expect(ownerAt(graph, device("a1"), start + 9)?.profileId).toBe(first);
    expect(ownerAt(graph, device("a1"), start + 10)?.profileId).toBe(second);
  });

  it("stays with its last owner when nobody signed out", () => {
    const graph = emptyGraph();
    const [owner, later] = resolveAll(graph, [said(0, { device: "a1", user: "u1" }), said(day, { device: "a1" })]);
    expect(later).toBe(owner);
  });

  it("is a stranger's after a sign-out, and then of whoever signs in next", () => {
    const graph = emptyGraph();
    const [u1, , after, u2] = resolveAll(graph, [
      said(0, { device: "a1", user: "u1" }),
      said(1, { device: "a1" }, { type: "signOut" }),
      said(2, { device: "a1" }),
      said(3, { device: "a1", user: "u2" }),
    ]);
    expect(after).not.toBe(u1);
    expect(after).toBe(u2);
  });

  it("signs out with every other id of the same message", () => {
    const graph = emptyGraph();
    const ecid = [{ namespace: "ecid", value: "e1" }];
    const [u1] = resolveAll(graph, [
      said(0, { user: "u1", device: "a1", others: ecid }),
      said(5, { device: "a1", others: ecid }, { type: "signOut" }),
    ]);
    expect(heldBy(graph, u1)).toEqual(["user_id u1"]);
    const [after] = resolveAll(graph, [said(9, { device: "a1", others: ecid })]);
    expect(heldBy(graph, after)).toEqual(["anonymous_id a1", "ecid e1"]);
  });

  it("links, but joins nobody any more, once a person has had five new ones within a week", () => {
    const graph = emptyGraph();
    const ids = resolveAll(graph, [
      ...[1, 2, 3, 4, 5].map((n) => said(n, { user: "u1", device: `a${n}` })),
      said(6, { device: "a6" }),
      said(7, { user: "u1", device: "a6" }),
      said(8, { user: "u1", device: "a7" }),
      // A week later there is room again.
      said(8 * day, { user: "u1", device: "a6" }),
    ]);
    expect(ids[6]).toBe(ids[0]);
    expect(rulesOf(graph)).toContain("demote limit");
    expect(heldBy(graph, ids[0])).toContain("anonymous_id a7");
    expect(ids[5]).toBe(ids[0]);
    const early = emptyGraph();
    const before = resolveAll(early, [
      ...[1, 2, 3, 4, 5].map((n) => said(n, { user: "u1", device: `a${n}` })),
      said(6, { device: "a6" }),
      said(7, { user: "u1", device: "a6" }),
    ]);
    expect(before[5]).not.toBe(before[0]);
  });

  it("of an app is demoted beyond five a year; a push token beyond ten for ever", () => {
    const graph = emptyGraph();
    const [u1] = resolveAll(graph, [
      ...Array.from({ length: 7 }, (_, n) =>
        said(n, { user: "u1", others: [{ namespace: "device:ios", value: `d${n}` }] }),
      ),
      ...Array.from({ length: 12 }, (_, n) =>
        said(20 + n, { user: "u1", others: [{ namespace: "push_token:ios", value: `t${n}` }] }),
      ),
    ]);
    const held = heldBy(graph, u1);
    expect(held.filter((each) => each.startsWith("device:ios"))).toHaveLength(5);
    expect(held.filter((each) => each.startsWith("push_token:ios"))).toHaveLength(10);
  });
});

describe("an address", () => {
  it("of two customers stays with the first, and a possible duplicate is reported", () => {
    const graph = emptyGraph();
    const [u1, u2] = resolveAll(graph, [
      said(0, { user: "u1", email: "x@shop.test" }),
      said(1, { user: "u2", email: "x@shop.test" }),
    ]);
    expect(u1).not.toBe(u2);
    expect(heldBy(graph, u2)).toEqual(["user_id u2"]);
    expect(rulesOf(graph)).toContain("demote possible_duplicate");
  });

  it("that a browser names takes nobody's history and adds nothing to it", () => {
    const graph = emptyGraph();
    const [known, thief, owner] = resolveAll(graph, [
      said(0, { user: "u1", email: "x@shop.test" }),
      said(1, { device: "thief", email: "x@shop.test" }, claimed),
      said(2, { user: "u2", email: "x@shop.test" }, claimed),
    ]);
    expect(thief).not.toBe(known);
    expect(owner).not.toBe(known);
  });

  it("typed beside an identity token is still a claim", () => {
    const graph = emptyGraph();
    const [guest, attacker] = resolveAll(graph, [
      said(0, { email: "guest@shop.test" }),
      said(1, { user: "u2", email: "guest@shop.test" }, { verified: true, sourceKind: "native" }),
    ]);
    expect(attacker).not.toBe(guest);
  });

  it("of a guest order leads to the account when a trusted source sends the order", () => {
    const graph = emptyGraph();
    const [known, order] = resolveAll(graph, [
      said(0, { user: "u1", email: "x@shop.test" }),
      said(1, { email: "x@shop.test" }, { type: "orderPlaced" }),
    ]);
    expect(order).toBe(known);
  });

  it("of a guest order that a browser claims leads to a guest, device or not", () => {
    const graph = emptyGraph();
    const [known, onDevice, without, again] = resolveAll(graph, [
      said(0, { user: "u1", email: "x@shop.test" }),
      said(1, { email: "x@shop.test", device: "a1" }, { ...claimed, type: "orderPlaced" }),
      said(2, { email: "x@shop.test" }, { ...claimed, type: "orderPlaced" }),
      said(3, { email: "x@shop.test" }, claimed),
    ]);
    expect(new Set([known, onDevice, without]).size).toBe(3);
    expect(again).toBe(without);
    expect(rulesOf(graph)).toContain("demote email_not_verified");
  });

  it("leads to the account even as a claim where it is configured unique, and a profile has one then", () => {
    const rules = createIdentityRules({ settings: { ...defaultIdentitySettings, emailIsUnique: true } });
    const graph = emptyGraph();
    const [known, order, other] = resolveAll(
      graph,
      [
        said(0, { user: "u1", email: "x@shop.test" }),
        said(1, { email: "x@shop.test" }, { ...claimed, type: "orderPlaced" }),
        said(2, { user: "u1", email: "y@shop.test" }),
      ],
      rules,
    );
    expect(order).toBe(known);
    expect(other).toBe(known);
    expect(heldBy(graph, known)).toEqual(["email x@shop.test", "user_id u1"]);
  });

  it("and its hash are one, whichever comes first", () => {
    const hash = { namespace: "email_sha256", value: hashOfEmail("x@shop.test") };
    for (const events of [
      [said(0, { email: "x@shop.test" }), said(1, { others: [hash] })],
      [said(0, { others: [hash] }), said(1, { email: "x@shop.test" })],
    ])
      expect(new Set(resolveAll(emptyGraph(), events)).size).toBe(1);
  });

  it("is demoted beyond five within a year", () => {
    const graph = emptyGraph();
    const [u1] = resolveAll(
      graph,
      Array.from({ length: 6 }, (_, n) => said(n, { user: "u1", email: `x${n}@shop.test` })),
    );
    expect(heldBy(graph, u1)).toHaveLength(6);
    resolveAll(graph, [said(366 * day, { user: "u1", email: "x9@shop.test" })]);
    expect(heldBy(graph, u1)).toContain("email x9@shop.test");
  });
});

describe("a number of another system", () => {
  it("joins what the same person did under their customer id, once both are named together", () => {
    const erp = { namespace: "customer_id:erp", value: "9" };
    const ids = resolveAll(emptyGraph(), [
      said(0, { others: [erp] }),
      said(1, { user: "u1" }),
      said(2, { user: "u1", others: [erp] }),
    ]);
    expect(new Set(ids).size).toBe(1);
  });

  it("of which a person has one already is demoted", () => {
    for (const namespace of ["customer_id:erp", "loyalty_id"]) {
      const graph = emptyGraph();
      const [u1, other] = resolveAll(graph, [
        said(0, { user: "u1", others: [{ namespace, value: "1" }] }),
        said(1, { others: [{ namespace, value: "2" }] }),
        said(2, { user: "u1", others: [{ namespace, value: "2" }] }),
      ]);
      expect(other).not.toBe(u1);
      expect(heldBy(graph, u1)).toEqual([`${namespace} 1`, "user_id u1"]);
    }
  });
});

describe("an alias", () => {
  it("of an id that nobody knows links it as a previous one", () => {
    const graph = emptyGraph();
    const [u] = resolveAll(graph, [alias(0, "u", "old")]);
    expect(heldBy(graph, u)).toEqual(["user_id u", "user_id:previous old"]);
  });

  it("of an anonymous id joins its history, before and after", () => {
    for (const events of [
      [said(0, { device: "p" }), alias(1, "u", "p")],
      [alias(0, "u", "p"), said(1, { device: "p" })],
    ])
      expect(new Set(resolveAll(emptyGraph(), events)).size).toBe(1);
  });

  it("of another customer is refused, unless the setting allows it", () => {
    const events = [said(0, { user: "p" }), said(1, { user: "u" }), alias(2, "u", "p")];
    const graph = emptyGraph();
    const [p, u] = resolveAll(graph, events);
    expect(p).not.toBe(u);
    expect(rulesOf(graph)).toContain("refuse alias_identified");
    const rules = createIdentityRules({ settings: { ...defaultIdentitySettings, aliasMayMergeIdentified: true } });
    expect(new Set(resolveAll(emptyGraph(), events, rules)).size).toBe(1);
  });
});

describe("proof", () => {
  it("of a tie between device and person is remembered", () => {
    const graph = emptyGraph();
    resolveAll(graph, [said(0, { device: "a1", user: "u1" }, claimed)]);
    const link = graph.linksByKey.get("anonymous_id\u0001a1")!.at(-1)!;
    expect(link.verified).toBe(false);
    resolveAll(graph, [said(1, { device: "a1", user: "u1" })]);
    expect(link.verified).toBe(true);
  });

  it("that a device was an address's does not hold for a customer id that is claimed later", () => {
    const graph = emptyGraph();
    resolveAll(graph, [said(0, { device: "a1", email: "x@shop.test" })]);
    const link = graph.linksByKey.get("anonymous_id\u0001a1")!.at(-1)!;
    expect(link.verified).toBe(true);
    resolveAll(graph, [said(1, { device: "a1", user: "victim" }, claimed)]);
    expect(link.verified).toBe(false);
  });
});

describe("in any stream", () => {
  const who = fc.record({
    device: fc.constantFrom("a1", "a2", "a3"),
    user: fc.option(fc.constantFrom("u1", "u2", "u3"), { nil: undefined }),
    email: fc.option(fc.constantFrom("p@x.test", "q@x.test"), { nil: undefined }),
    type: fc.constantFrom("pageView", "signIn", "signOut", "alias"),
    trusted: fc.boolean(),
  });
  const stream = fc.array(who, { maxLength: 30 });
  const eventsOf = (inputs: readonly (typeof who extends fc.Arbitrary<infer T> ? T : never)[]) =>
    inputs.map(({ type, trusted, user, email, device: a }, index) =>
      said(
        index * 10,
        { device: a, ...(user ? { user } : {}), ...(email ? { email } : {}) },
        { ...(trusted ? {} : claimed), type, properties: { previousId: "a2" } },
      ),
    );

  it("no identifier has two open owners, and no profile two customer ids", () => {
    fc.assert(
      fc.property(stream, (inputs) => {
        const graph = emptyGraph();
        resolveAll(graph, eventsOf(inputs));
        for (const links of graph.linksByKey.values()) {
          expect(links.filter((link) => link.validTo === null).length).toBeLessThanOrEqual(1);
          for (const link of links) expect(graph.profiles.has(link.profileId)).toBe(true);
        }
        for (const { links } of graph.profiles.values())
          expect(
            links.filter((link) => link.namespace === "user_id" && link.validTo === null).length,
          ).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  it("the event store files every event under a key that leads to the profile which counted it", () => {
    fc.assert(
      fc.property(stream, (inputs) => {
        const graph = emptyGraph();
        const events = eventsOf(inputs);
        const ids = resolveAll(graph, events);
        for (const [index, event] of events.entries()) {
          const key = identityKeyOf(event, plainRules);
          const at = key.indexOf(":");
          const identifier = { namespace: key.slice(0, at), value: key.slice(at + 1) };
          expect(ownerAt(graph, identifier, event.timestamp)?.profileId).toBe(ids[index]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
