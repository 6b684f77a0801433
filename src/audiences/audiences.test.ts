import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LiveDefinition } from "../definitions/index.ts";
import { createHttpServer, noAuth } from "../http/index.ts";
import { createFixedClock, createLogger, newId } from "../kernel/index.ts";
import type { WalkOptions } from "../measurement/index.ts";
import type { OwnedIdentifier, Profile, StateChange } from "../profiles/index.ts";
import { aCatalog, anAudience, anEvent, anIdentifier, aState, dayMs, noon } from "../testing/audiences/builders.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createAudienceRules, createAudienceStore, createAudiences, createRuleQueryStore } from "./index.ts";
import type { createAudienceRoutes } from "./routes.ts";

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["audiences"]);
});
afterAll(() => engines.close());

type PastEvent = {
  readonly profileId: string;
  readonly type: string;
  readonly ts: number;
  readonly properties: object;
  readonly context: object;
};
type Stored = { profile: Profile; links: readonly OwnedIdentifier[] };

/** Audiences on the real store, over profiles and past events held in memory. */
function setUp(
  options: { past?: readonly PastEvent[]; profiles?: readonly Stored[]; onWalk?: () => Promise<void> } = {},
) {
  const clock = createFixedClock(noon);
  const logger = createLogger("silent");
  const catalog = aCatalog();
  const profiles = new Map((options.profiles ?? []).map((stored) => [stored.profile.profileId, stored]));
  let live: readonly LiveDefinition<{ rule: unknown }>[] = [];
  const handlers = new Set<(kind: string) => void>();
  const store = createAudienceStore(engines.postgres);
  const rules = createAudienceRules({ catalog: { current: () => catalog }, config: { timezone: "UTC" } });
  const ordered = (): readonly Stored[] =>
    [...profiles.values()].sort((a, b) => (a.profile.profileId < b.profile.profileId ? -1 : 1));

  const reevaluate = async (ids: ReadonlySet<string>, change?: StateChange): Promise<boolean> => {
    const changed = [...ids]
      .flatMap((id) => profiles.get(id) ?? [])
      .map(({ profile, links }) => ({
        ...profile,
        identifiers: links,
        state: change ? change(profile.profileId, profile.state) : profile.state,
      }));
    const batch = audiences.reevaluateBatch(changed, new Map(), newId());
    await engines.postgres.transaction((tx) => batch.write(tx));
    for (const profile of changed) {
      const memberships = batch.byProfile.get(profile.profileId)?.memberships ?? {};
      profiles.set(profile.profileId, {
        profile: { ...profile, state: { ...profile.state, memberships } },
        links: profile.identifiers,
      });
    }
    return true;
  };
  const walk = async ({ types, visit, of, owns }: WalkOptions): Promise<number> => {
    await options.onWalk?.();
    const events = (options.past ?? []).filter(({ type }) => types.includes(type));
    for (const { profileId, ts, properties, context, type } of events) {
      if (of && !of.some((owner) => owner.profileId === profileId)) continue;
      if (owns && !owns(profileId)) continue;
      const sent = { ...anEvent(type, ts), properties: properties as never, context: context as never };
      visit(profileId, { ...sent, receivedAt: ts });
    }
    return events.length;
  };
  const audiences = createAudiences({
    store,
    ruleQueries: createRuleQueryStore(engines.clickhouse),
    rules,
    clock,
    logger,
    currency: "USD",
    definitions: {
      // The only kind of this test.
      live: <B>() => live as unknown as readonly LiveDefinition<B>[],
      onChange: (handler) => {
        handlers.add(handler);
        return () => handlers.delete(handler);
      },
    },
    profiles: {
      scan: async (after, limit) =>
        ordered()
          .map(({ profile }) => profile)
          .filter(({ profileId }) => after === null || profileId > after)
          .slice(0, limit),
      linksOf: async (ids) =>
        ids.flatMap((profileId) => (profiles.get(profileId)?.links ?? []).map((link) => ({ ...link, profileId }))),
      get: async (id) => profiles.get(id)?.profile as Profile,
      count: async () => profiles.size,
      replaceLeaves: async (given, { keys, prefix }) => {
        for (const [id, leaves] of given) {
          const stored = profiles.get(id);
          if (!stored) continue;
          const kept = Object.entries(stored.profile.state.leaves).filter(
            ([key]) => keys.includes(key) || key.startsWith(prefix),
          );
          const state = { ...stored.profile.state, leaves: { ...Object.fromEntries(kept), ...leaves } };
          profiles.set(id, { ...stored, profile: { ...stored.profile, state } });
        }
        return true;
      },
      sample: async (after, limit) =>
        ordered()
          .map(({ profile }, hash) => ({ ...profile, hash }))
          .filter(({ hash }) => hash > (after?.hash ?? -1))
          .slice(0, limit),
      ownership: { mark: async () => "0", changedSince: async () => [] },
    },
    acceptedSoFar: async () => async () => true,
    past: {
      count: async () => (options.past ?? []).length,
      walkTimes: async () => 0,
      listsOf: () => [],
      walk,
    },
    reevaluate,
  });
  const publish = async (...definitions: readonly LiveDefinition<{ rule: unknown }>[]): Promise<void> => {
    live = definitions;
    for (const handler of handlers) handler("audience");
    await audiences.settled();
  };
  return { audiences, store, clock, publish, profiles, reevaluate, rules };
}

function aStored(more: Partial<Profile> = {}, links: readonly OwnedIdentifier[] = []): Stored {
  const profileId = more.profileId ?? newId();
  return {
    profile: { profileId, version: 1, createdAt: noon - dayMs, identifiers: links, state: aState(), ...more },
    links,
  };
}

const views = (count: number): unknown => ({
  event: { name: "productPageView", window: { last: "30d" }, count: { op: "gte", value: count } },
});
let next = 0;
function newAudience(key: string, rule: unknown, version = 1): LiveDefinition<{ rule: unknown }> {
  next += 1;
  return anAudience(1000 + next, key, rule, { version });
}

describe("the audience store", () => {
  it("writes entries and exits in bulk, and pages through the members", async () => {
    const store = createAudienceStore(engines.postgres);
    const audienceId = newId();
    const ids = Array.from({ length: 5 }, () => newId()).sort();
    const transition = (profileId: string, entered: boolean) => ({
      profileId,
      audienceId,
      version: 2,
      entered,
      reasonLeaf: { node: "event", path: "x" },
      at: noon,
    });
    await engines.postgres.transaction((tx) =>
      store.writeTransitions(
        tx,
        ids.map((id) => transition(id, true)),
      ),
    );
    await engines.postgres.transaction((tx) => store.writeTransitions(tx, [transition(String(ids[1]), false)]));
    expect(await store.countMembers(audienceId)).toBe(4);
    const page = await store.members(audienceId, String(ids[0]), 2);
    expect(page).toEqual([ids[2], ids[3], ids[4]].map((profileId) => ({ profileId, version: 2, since: noon })));
    const { rows } = await engines.postgres.query<{ entered: boolean; reason_leaf: unknown }>(
      "select audience_transitions.entered, audience_transitions.reason_leaf from audience_transitions where audience_transitions.profile_id = $1 order by audience_transitions.audience_transition_id",
      [ids[1]],
    );
    expect(rows).toEqual([true, false].map((entered) => ({ entered, reason_leaf: { node: "event", path: "x" } })));
  });

  it("rewrites the members of merged profiles", async () => {
    const store = createAudienceStore(engines.postgres);
    const [loser, survivor, audienceId] = [newId(), newId(), newId()];
    const member = { audienceId, version: 1, since: noon };
    await engines.postgres.transaction((tx) =>
      store.replaceMemberships(tx, [loser], [{ ...member, profileId: loser }]),
    );
    await engines.postgres.transaction((tx) =>
      store.replaceMemberships(tx, [loser, survivor], [{ ...member, profileId: survivor }]),
    );
    expect(await store.members(audienceId, null, 10)).toMatchObject([{ profileId: survivor }]);
  });
});

describe("a published audience", () => {
  it("collects past events into the profiles, judges everybody, and shows how far it is", async () => {
    const people = [aStored(), aStored(), aStored()];
    const past = people.flatMap(({ profile: { profileId } }, index) =>
      Array.from({ length: index * 2 }, (_, at) => ({
        profileId,
        type: "productPageView",
        ts: noon - at * 1000,
        properties: {},
        context: {},
      })),
    );
    const { audiences, store, publish, profiles } = setUp({ past, profiles: people });
    await audiences.start();
    const audience = newAudience("browsers", views(3));
    await publish(audience);
    const members = await store.members(audience.id, null, 10);
    expect(members.map(({ profileId }) => profileId)).toEqual([people[2]?.profile.profileId]);
    expect(Object.values(profiles.get(String(people[1]?.profile.profileId))?.profile.state.leaves ?? {})).toEqual([
      [noon - 1000, noon],
    ]);
    expect((await store.backfills.backfills()).find(({ audienceId }) => audienceId === audience.id)).toMatchObject({
      status: "live",
      done: 3,
      total: 3,
    });

    await publish({ ...audience, version: 2, body: { rule: views(2) } });
    expect(await store.countMembers(audience.id)).toBe(2);
    await publish();
    expect(await store.countMembers(audience.id)).toBe(0);
    await audiences.stop();
  });

  it("counts once an event that is folded while past events are collected, and as two those of one millisecond", async () => {
    const person = aStored();
    const { profileId } = person.profile;
    const past = [1, 2].map(() => ({ profileId, type: "productPageView", ts: noon, properties: {}, context: {} }));
    const { audiences, publish, profiles, clock } = setUp({
      past,
      profiles: [person],
      onWalk: async () => {
        const stored = profiles.get(profileId) as Stored;
        let { leaves } = stored.profile.state;
        // One that the event store has too, and one that was received after the cut-off.
        for (const receivedAt of [noon, noon + 1])
          leaves = audiences.applyEvent(leaves, { ...anEvent("productPageView", noon), receivedAt });
        profiles.set(profileId, {
          ...stored,
          profile: { ...stored.profile, state: { ...stored.profile.state, leaves } },
        });
      },
    });
    await audiences.start();
    clock.set(noon);
    await publish(newAudience("thrice", views(3)), newAudience("four-times", views(4)));
    const { memberships } = profiles.get(profileId)?.profile.state ?? aState();
    expect(Object.keys(memberships).map((id) => audiences.nameOf(id)?.key)).toEqual(["thrice"]);
    await audiences.stop();
  });

  it("fails with the reason after two tries, and goes on when it is asked to", async () => {
    const person = aStored();
    let walks = 0;
    const past = [
      { profileId: person.profile.profileId, type: "productPageView", ts: noon, properties: {}, context: {} },
    ];
    const { audiences, publish, store } = setUp({
      past,
      profiles: [person],
      onWalk: async () => {
        walks += 1;
        if (walks <= 2) throw new Error("the event store does not answer");
      },
    });
    await audiences.start();
    const where = { attribute: { path: "event.properties.broken", op: "eq", value: "x" } };
    const audience = newAudience("unlucky", { not: { event: { name: "productPageView", where } } });
    await publish(audience);
    const state = async () => (await store.backfills.backfills()).find(({ audienceId }) => audienceId === audience.id);
    expect(await state()).toMatchObject({ status: "failed", reason: "the event store does not answer" });
    expect(walks).toBe(2);
    await audiences.restart("unlucky");
    await audiences.settled();
    expect(await state()).toMatchObject({ status: "live", reason: null });
    expect(await store.countMembers(audience.id)).toBe(1);
    await audiences.stop();
  });

  it("tells the stream of each entry, with an id that a repeated batch repeats", async () => {
    const { audiences, publish } = setUp();
    await audiences.start();
    await publish(newAudience("everyone", { everyone: true }));
    const { profile } = aStored({}, [anIdentifier("email", "a@b.example")]);
    const changed = [{ ...profile, identifiers: [anIdentifier("email", "a@b.example")] }];
    const [first, second] = [1, 2].map(() => audiences.reevaluateBatch(changed, new Map(), "batch-1").derived);
    expect(first).toMatchObject([
      { event: { type: "audienceEntered", identifiers: [{ namespace: "email" }], properties: { version: 1 } } },
    ]);
    expect(second).toEqual(first);
    await audiences.stop();
  });

  it("is decided in the call when it looks at the request", async () => {
    const { audiences, publish, clock } = setUp();
    await audiences.start();
    await publish(newAudience("mobile", { attribute: { path: "context.device", op: "eq", value: "mobile" } }));
    const subject = audiences.subjectOf(null, { context: { device: "mobile" } });
    expect(audiences.isMember("mobile", null, subject, clock.now())).toBe(true);
    expect(audiences.isMember("mobile", null, audiences.subjectOf(null), clock.now())).toBe(false);
    expect(audiences.isMember("nowhere", null, subject, clock.now())).toBe(false);
    await audiences.stop();
  });
});

describe("the audience routes", () => {
  async function serve(routes: ReturnType<typeof createAudienceRoutes>) {
    const auth = { ...noAuth, kind: "token" as const, id: "t-1", scopes: ["read" as const] };
    const app = createHttpServer({
      config: { publicUrl: "", openDiscovery: false },
      logger: createLogger("silent"),
      clock: createFixedClock(noon),
      authenticate: () => auth,
    });
    await app.register(routes);
    return app;
  }

  it("list members, explain a profile, and estimate a rule that nobody collects events for", async () => {
    const person = aStored({}, [anIdentifier("email", "a@b.example")]);
    const other = aStored();
    const { profileId } = person.profile;
    const past = [{ profileId, type: "signIn", ts: noon, properties: {}, context: {} }];
    const { audiences, publish, rules } = setUp({ past, profiles: [person, other] });
    await audiences.start();
    const audience = newAudience("known", { attribute: { path: "profile.email", op: "exists" } });
    await publish(audience);
    const app = await serve(audiences.routes());

    const members = (await app.inject(`/v1/audiences/known/members?limit=10`)).json();
    expect(members).toMatchObject({
      items: [{ profileId, label: "a@b.example" }],
      total: 1,
      progress: { status: "live" },
    });
    const explained = (await app.inject(`/v1/audiences/${audience.id}/explain?profile=${profileId}`)).json();
    expect(explained).toMatchObject({
      member: true,
      explanation: { node: "attribute", truth: true, path: "profile.email" },
    });
    expect((await app.inject("/v1/audiences/nobody/members")).json()).toMatchObject({
      error: { code: "audiences.notFound" },
    });

    const rule = { event: { name: "signIn", window: { last: "1d" } } };
    const preview = await app.inject({ method: "POST", url: "/v1/audiences/preview", payload: { rule } });
    expect(preview.json()).toMatchObject({
      count: 1,
      share: 0.5,
      total: 2,
      exact: true,
      exactness: "exact",
      margin: 0,
      sample: [{ profileId }],
    });
    const refused = await app.inject({ method: "POST", url: "/v1/audiences/preview", payload: { rule: { wat: 1 } } });
    expect(refused.statusCode).toBe(422);
    expect(refused.json()).toMatchObject({
      error: { code: "rules.invalid", details: [{ path: "/rule/wat", code: "rules.unknownNode" }] },
    });

    const attributes = (await app.inject("/v1/attributes")).json().items as { path: string; operators: string[] }[];
    expect(attributes.find(({ path }) => path === "product.color")).toMatchObject({
      type: "key",
      values: ["red", "blue"],
    });
    expect(attributes.find(({ path }) => path === "profile.orders_revenue_net")?.operators).toContain("between");
    expect(attributes).toHaveLength(rules.attributes().list().length);
    await app.close();
    await audiences.stop();
  });
});
