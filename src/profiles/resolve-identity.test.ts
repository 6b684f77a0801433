import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CanonicalEvent } from "../collect/index.ts";
import { anEvent } from "../testing/builders.ts";
import { createIdentityGraph, type IdentityGraph, ownerAt } from "./identity-graph.ts";
import { toMessage } from "./identity-message.ts";
import { plainRules } from "./identity-rules.ts";
import { resolveIdentity } from "./resolve-identity.ts";

const start = 1_760_000_000_000;
const emptyGraph = () => createIdentityGraph([], [], new Set());

/** Runs events in order; returns the profile of each, after all merges. */
function resolveAll(graph: IdentityGraph, events: readonly CanonicalEvent[]): string[] {
  const ids = events.map((event) => resolveIdentity(graph, toMessage(event, plainRules)!, plainRules)!.profileId);
  return ids.map((id) => {
    let current = id;
    while (graph.merged.has(current)) current = graph.merged.get(current)!;
    return current;
  });
}

describe("resolveIdentity", () => {
  it("joins an anonymous history to the person who signs in", () => {
    const graph = emptyGraph();
    const [browse, signIn] = resolveAll(graph, [
      anEvent({ anonymousId: "a1", at: start }),
      anEvent({ type: "signIn", anonymousId: "a1", customerId: "u1", at: start + 1 }),
    ]);
    expect(browse).toBe(signIn);
  });

  it("makes one profile of one person on two devices, with both histories", () => {
    const graph = emptyGraph();
    const ids = resolveAll(graph, [
      anEvent({ anonymousId: "a1", at: start }),
      anEvent({ anonymousId: "a1", customerId: "u1", at: start + 1 }),
      anEvent({ anonymousId: "a2", at: start + 2 }),
      anEvent({ anonymousId: "a2", customerId: "u1", at: start + 3 }),
    ]);
    expect(new Set(ids).size).toBe(1);
  });

  it("gives a shared device to the second person without merging, and leaves earlier events with the first", () => {
    const graph = emptyGraph();
    const [first, , second] = resolveAll(graph, [
      anEvent({ anonymousId: "a1", customerId: "u1", at: start }),
      anEvent({ anonymousId: "a1", at: start + 1 }),
      anEvent({ anonymousId: "a1", customerId: "u2", at: start + 10 }),
    ]);
    expect(second).not.toBe(first);
    expect(ownerAt(graph, { namespace: "anonymous_id", value: "a1" }, start + 5)?.profileId).toBe(first);
    expect(ownerAt(graph, { namespace: "anonymous_id", value: "a1" }, start + 10)?.profileId).toBe(second);
  });

  it("starts a new anonymous profile after sign-out, which the next person to sign in gets", () => {
    const graph = emptyGraph();
    const [u1, , after, u2] = resolveAll(graph, [
      anEvent({ anonymousId: "a1", customerId: "u1", at: start }),
      anEvent({ type: "signOut", anonymousId: "a1", at: start + 1 }),
      anEvent({ anonymousId: "a1", at: start + 2 }),
      anEvent({ anonymousId: "a1", customerId: "u2", at: start + 3 }),
    ]);
    expect(after).not.toBe(u1);
    expect(after).toBe(u2);
  });

  it("keeps two customers with one e-mail apart and reports a possible duplicate", () => {
    const graph = emptyGraph();
    const [u1, u2] = resolveAll(graph, [
      anEvent({ customerId: "u1", email: "x@shop.test", verified: true }),
      anEvent({ customerId: "u2", email: "x@shop.test", verified: true }),
    ]);
    expect(u1).not.toBe(u2);
    expect(graph.log.map((entry) => entry.rule)).toContain("possible_duplicate");
  });

  it("does not let a browser pull a known person's history over by naming an e-mail", () => {
    const graph = emptyGraph();
    const [known, claimed] = resolveAll(graph, [
      anEvent({ customerId: "u1", email: "x@shop.test", verified: true }),
      anEvent({ anonymousId: "thief", email: "x@shop.test" }),
    ]);
    expect(claimed).not.toBe(known);
  });

  it("attaches a guest order of the back office to the account with that e-mail", () => {
    const graph = emptyGraph();
    const [known, order] = resolveAll(graph, [
      anEvent({ customerId: "u1", email: "x@shop.test", verified: true }),
      anEvent({ type: "orderPlaced", email: "x@shop.test", verified: true, sourceKind: "server" }),
    ]);
    expect(order).toBe(known);
  });

  it("remembers whether a device was tied to a person by proof or by claim", () => {
    const graph = emptyGraph();
    resolveAll(graph, [anEvent({ anonymousId: "a1", customerId: "u1" })]);
    const link = graph.linksByKey.get("anonymous_id\u0001a1")!.at(-1)!;
    expect(link.verified).toBe(false);
    resolveAll(graph, [anEvent({ anonymousId: "a1", customerId: "u1", verified: true })]);
    expect(link.verified).toBe(true);
  });

  it("never lets an identifier have two open owners, nor a profile two customer ids", () => {
    const event = fc.record({
      anonymousId: fc.constantFrom("a1", "a2", "a3"),
      customerId: fc.option(fc.constantFrom("u1", "u2", "u3"), { nil: undefined }),
      email: fc.option(fc.constantFrom("p@x.test", "q@x.test"), { nil: undefined }),
      type: fc.constantFrom("pageView", "signIn", "signOut"),
      verified: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (inputs) => {
        const graph = emptyGraph();
        resolveAll(
          graph,
          inputs.map((input, index) =>
            anEvent({
              anonymousId: input.anonymousId,
              type: input.type,
              verified: input.verified,
              at: start + index * 10,
              ...(input.customerId ? { customerId: input.customerId } : {}),
              ...(input.email ? { email: input.email } : {}),
            }),
          ),
        );
        for (const links of graph.linksByKey.values()) {
          expect(links.filter((link) => link.validTo === null).length).toBeLessThanOrEqual(1);
          for (const link of links) expect(graph.profiles.has(link.profileId)).toBe(true);
        }
        for (const profile of graph.profiles.values()) {
          expect(
            profile.links.filter((link) => link.namespace === "user_id" && link.validTo === null).length,
          ).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
