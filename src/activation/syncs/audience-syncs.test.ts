import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sha256Hex, systemClock } from "../../kernel/index.ts";
import {
  createTestPersons,
  type SyncsApp,
  startSyncsApp,
  syncCapabilities,
  type TestPersons,
} from "../../testing/connectors/syncs-app.ts";
import { type SeenRequest, startTargetServer, type TargetServer } from "../../testing/connectors/target-server.ts";
import { waitFor } from "../../testing/connectors/wait-for.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";

type Told = { namespace: string; identifier: string; sequence: number; profileId?: string };
type Body = {
  kind: string;
  deliveryId: string;
  entered: Told[];
  exited: Told[];
  snapshot?: { runId: string; part: number; parts?: number };
};

let engines: TestEngines;
let all: TestPersons;
let app: SyncsApp;
let target: TargetServer;

beforeAll(async () => {
  engines = await openTestEngines(syncCapabilities, { clickhouse: "embedded" });
}, 60_000);
afterAll(() => engines.close());
beforeEach(async () => {
  all = createTestPersons();
  target = await startTargetServer();
  app = await startSyncsApp(engines, systemClock, all);
  await app.syncs.start();
});
afterEach(async () => {
  const { items } = (await app.call("GET", "/v1/audience-syncs?limit=200")).body as { items: { key: string }[] };
  for (const { key } of items) await app.call("DELETE", `/v1/audience-syncs/${key}`);
  await app.close();
  await target.close();
});

let number = 0;
async function make(config: object = {}): Promise<string> {
  const key = `sync-${++number}`;
  const made = await app.call("POST", "/v1/audience-syncs", {
    key,
    name: key,
    config: {
      type: "webhook",
      url: `${target.url}/${key}`,
      audience: "vip",
      identifiers: [{ namespace: "email" }],
      ...config,
    },
    secrets: { signingSecret: "s3cret" },
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return key;
}
const bodiesAt = (key: string, seen: readonly SeenRequest[] = target.seen): Body[] =>
  seen.filter(({ path }) => path === `/${key}`).map(({ body }) => JSON.parse(body.toString()));
/** What a receiver holds that follows every call. */
function copyAt(key: string): string[] {
  const held = new Set<string>();
  for (const { entered = [], exited = [] } of bodiesAt(key)) {
    for (const { namespace, identifier } of exited) held.delete(`${namespace}:${identifier}`);
    for (const { namespace, identifier } of entered) held.add(`${namespace}:${identifier}`);
  }
  return [...held].sort();
}
const stateOf = async (key: string) =>
  (await app.call("GET", `/v1/audience-syncs/${key}`)).body.state as {
    health: string;
    failures: number;
    sweep: { done: number; total: number } | null;
    lastError: string | null;
    entered: number;
    exited: number;
    failed: number;
  };
const isDone = async (key: string) => {
  const { sweep, failures } = await stateOf(key);
  const { body } = await app.call("GET", `/v1/audience-syncs/${key}/counts`);
  return sweep === null && failures === 0 && body.waiting === 0 && body.gone === 0;
};
const settled = (key: string) => waitFor(`${key} has told everything`, () => isDone(key), 15_000);
const emails = (...names: string[]) => names.map((name) => `email:${name}@example.com`).sort();
const set = (id: string | undefined, change: object) => {
  const person = all.persons.get(String(id));
  if (!person) throw new Error(`nobody ${id}`);
  all.persons.set(person.profileId, { ...person, ...change });
};

describe("a webhook", () => {
  it("gets the members as a signed full copy, then each entry and exit once", async () => {
    const [ada, bob] = all.add(["ada", "bob"]);
    all.add(["eve"], { isMember: false });
    const key = await make();
    await settled(key);
    expect(copyAt(key)).toEqual(emails("ada", "bob"));
    const [first] = target.seen;
    expect(String(first?.headers["x-clientele-signature"])).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    expect(bodiesAt(key).map(({ kind }) => kind)).toEqual(["snapshot", "snapshotEnd"]);
    expect(bodiesAt(key)[1]?.snapshot).toMatchObject({ parts: 1 });

    set(bob, { isMember: false });
    const [cid] = all.add(["cid"]);
    await app.change([ada, bob, cid].map(String));
    await waitFor("the change is told", () => copyAt(key).includes("email:cid@example.com"));
    await settled(key);
    const told = bodiesAt(key).slice(2);
    expect(told.flatMap(({ entered }) => entered)).toMatchObject([{ identifier: "cid@example.com", profileId: cid }]);
    expect(told.flatMap(({ exited }) => exited)).toMatchObject([{ identifier: "bob@example.com" }]);
    const runs = async () => (await app.call("GET", `/v1/audience-syncs/${key}/runs`)).body.items;
    await waitFor("the run is over", async () => (await runs())[0].state === "finished");
    expect(await runs()).toMatchObject([
      { kind: "changes", state: "finished", entered: 1, exited: 1, failed: 0 },
      { kind: "resync", state: "finished", entered: 2, exited: 0, failed: 0, error: null },
    ]);
  });

  it("gets nobody without the consent that the sync asks for, by category and channel", async () => {
    all.add(["never-asked"], { consents: {} });
    all.add(["no"], { consents: { marketing: "denied" } });
    all.add(["no-mail"], { consents: { marketing: "granted", "marketing:email": "denied" } });
    const [yes] = all.add(["yes"]);
    const key = await make({ consent: { categories: ["marketing:email"], unset: "default" } });
    await settled(key);
    expect(copyAt(key)).toEqual(emails("yes"));
    set(yes, { consents: { marketing: "denied" } });
    await app.change([String(yes)]);
    await waitFor("the withdrawal is told", () => copyAt(key).length === 0);
  });

  it("gets hashes of the normalised values where the sync says so, and the plain value nowhere", async () => {
    all.add(["ada"], { identifiers: [{ namespace: "email", value: "ada@example.com" }] });
    const key = await make({ identifiers: [{ namespace: "email", hash: true }] });
    await settled(key);
    expect(copyAt(key)).toEqual([`email_sha256:${sha256Hex("ada@example.com")}`]);
    expect(target.seen.map(({ body }) => body.toString()).join()).not.toContain("ada@example.com");
  });

  it("is told of suppressed persons as gone, and of new identifiers as entered", async () => {
    const [ada, bob] = all.add(["ada", "bob"]);
    const key = await make();
    await settled(key);
    all.suppressed.add("ada@example.com");
    await app.syncs.suppressed([String(ada)]);
    set(bob, {
      identifiers: [
        { namespace: "email", value: "bob@example.com" },
        { namespace: "email", value: "robert@example.com" },
      ],
    });
    await app.change([String(bob)]);
    await waitFor("both are told", () => copyAt(key).length === 2 && !copyAt(key)[0]?.includes("ada"));
    expect(copyAt(key)).toEqual(emails("bob", "robert"));
  });

  it("keeps the shared address when two profiles become one", async () => {
    const [loser, survivor] = all.add(["ada", "bob"]);
    const key = await make();
    await settled(key);
    set(survivor, {
      identifiers: [
        { namespace: "email", value: "ada@example.com" },
        { namespace: "email", value: "bob@example.com" },
      ],
    });
    all.persons.delete(String(loser));
    await app.change([String(survivor)], new Map([[String(loser), String(survivor)]]));
    await settled(key);
    expect(copyAt(key)).toEqual(emails("ada", "bob"));
    expect(bodiesAt(key).flatMap(({ exited = [] }) => exited)).toEqual([]);
  });

  it("is told of erased persons as gone, without their profile", async () => {
    const [ada] = all.add(["ada", "bob"]);
    const key = await make();
    await settled(key);
    all.persons.delete(String(ada));
    await engines.postgres.transaction(async (tx) => void (await app.syncs.erase(tx, [String(ada)])));
    await app.syncs.eraseElsewhere([String(ada)]);
    expect(copyAt(key)).toEqual(emails("bob"));
    const exits = bodiesAt(key).flatMap(({ exited = [] }) => exited);
    expect(exits).toMatchObject([{ identifier: "ada@example.com" }]);
    expect(exits[0]?.profileId).toBeUndefined();
    const { rows } = await engines.postgres.query("select 1 from audience_sync_members m where m.value like 'ada%'");
    expect(rows).toEqual([]);
  });

  it("is never told of a person who is erased between the plan and the telling", async () => {
    all.add(["bob"]);
    const key = await make();
    await settled(key);
    const [ada] = all.add(["ada"]);
    app.meanwhile.planned = () => void all.persons.delete(String(ada));
    await app.change([String(ada)]);
    await settled(key);
    expect(copyAt(key)).toEqual(emails("bob"));
    expect(bodiesAt(key).flatMap(({ entered = [] }) => entered)).toHaveLength(1);
    const { rows } = await engines.postgres.query("select 1 from audience_sync_members m where m.value like 'ada%'");
    expect(rows).toEqual([]);
  });

  it("gets the differences only when everybody is looked at again, and everything on a resync", async () => {
    const ids = all.add(["ada", "bob", "cid"]);
    const key = await make();
    await settled(key);
    const before = bodiesAt(key).length;
    await app.call("POST", `/v1/audience-syncs/${key}/pause`);
    set(ids[0], { isMember: false });
    all.add(["dan"]);
    await app.change(ids);
    await app.call("POST", `/v1/audience-syncs/${key}/resume`);
    await waitFor("the difference is told", () => copyAt(key).includes("email:dan@example.com"));
    await settled(key);
    const told = bodiesAt(key).slice(before);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ kind: "changes", entered: [{ identifier: "dan@example.com" }] });
    expect(copyAt(key)).toEqual(emails("bob", "cid", "dan"));

    expect((await app.call("POST", `/v1/audience-syncs/${key}/resync`)).status).toBe(202);
    await waitFor("the copy is there", () => bodiesAt(key).at(-1)?.kind === "snapshotEnd" && bodiesAt(key).length > 3);
    await settled(key);
    expect(bodiesAt(key).at(-2)?.entered).toHaveLength(3);
  });
});

describe("a target that fails", () => {
  it("is tried again until it is back, delays nobody, and loses nothing", async () => {
    const [ada] = all.add(["ada", "bob"]);
    const [down, well] = [await make(), await make()];
    await settled(down);
    await settled(well);
    target.answerWith(({ path }) => ({ status: path === `/${down}` ? 503 : 200 }));
    set(ada, { isMember: false });
    all.add(["cid"]);
    const cid = [...all.persons.keys()].at(-1);
    await app.change([String(ada), String(cid)]);
    await waitFor("the other one is told", () => copyAt(well).join() === emails("bob", "cid").join());
    await waitFor("it fails", async () => (await stateOf(down)).health === "failing");
    expect((await stateOf(down)).lastError).toBe("answered 503");
    expect((await stateOf(well)).health).toBe("ok");
    target.seen.length = 0;
    target.answerWith(() => ({ status: 200 }));
    await settled(down);
    const told = bodiesAt(down).flatMap(({ entered, exited }) => [...exited, ...entered]);
    expect(told.map(({ identifier }) => identifier)).toEqual(["ada@example.com", "cid@example.com"]);
  });

  it("pauses its sync after the failures it is allowed, and goes on with the difference when it is resumed", async () => {
    all.add(["ada"]);
    target.answerWith(() => ({ status: 401 }));
    const key = await make({ pauseAfterFailures: 2 });
    await waitFor("it paused itself", async () => (await stateOf(key)).health === "stopped");
    expect(await stateOf(key)).toMatchObject({ failures: 2, pausedBecause: "failures", lastError: "answered 401" });
    expect((await app.call("POST", `/v1/audience-syncs/${key}/resync`)).body.error.code).toBe("connectors.paused");
    const { rows } = await engines.postgres.query<{ actor: string }>(
      "select a.actor from audit_entries a where a.action = 'audience-sync.pause' order by a.seq desc limit 1",
    );
    expect(rows).toEqual([{ actor: "audience sync" }]);
    target.answerWith(() => ({ status: 200 }));
    await app.call("POST", `/v1/audience-syncs/${key}/resume`);
    await settled(key);
    expect(copyAt(key)).toEqual(emails("ada"));
    expect((await stateOf(key)).health).toBe("ok");
  });

  it("that refuses one change gets the others, and the refused one when it is replayed", async () => {
    all.add(["ada", "bad", "cid", "dan"]);
    target.answerWith(({ body }) => ({ status: body.toString().includes("bad@") ? 422 : 200 }));
    const key = await make();
    await settled(key);
    // Requests that were refused as a whole are none that the receiver took.
    const taken = () => target.seen.filter(({ body }) => !body.toString().includes("bad@"));
    const held = bodiesAt(key, taken()).flatMap(({ entered = [] }) => entered.map(({ identifier }) => identifier));
    expect(held.sort()).toEqual(["ada@example.com", "cid@example.com", "dan@example.com"]);
    expect(await stateOf(key)).toMatchObject({ entered: 3, failed: 1 });
    const { items } = (await app.call("GET", `/v1/audience-syncs/${key}/dead-letters`)).body;
    expect(items).toMatchObject([{ op: "entered", namespace: "email", message: "answered 422" }]);
    expect(JSON.stringify(items)).not.toContain("bad@example.com");
    target.answerWith(() => ({ status: 200 }));
    target.seen.length = 0;
    const replayed = await app.call("POST", `/v1/audience-syncs/${key}/dead-letters/${items[0].id}/replay`);
    expect(replayed.body).toEqual({ replayed: 1 });
    await waitFor("it is there", () => copyAt(key).length === 1);
    await settled(key);
    expect((await app.call("GET", `/v1/audience-syncs/${key}/dead-letters`)).body.items).toEqual([]);
    const again = await app.call("POST", `/v1/audience-syncs/${key}/dead-letters/${items[0].id}/replay`);
    expect([again.status, again.body.error.code]).toEqual([404, "connectors.notFound"]);
  });
});

describe("a full copy", () => {
  it("goes on where it was after the app was thrown away in the middle, page by page", async () => {
    const names = Array.from({ length: 2_600 }, (_, index) => `p${String(index).padStart(4, "0")}`);
    all.add(names);
    let calls = 0;
    target.answerWith(() => (++calls > 2 ? "hang" : { status: 200 }));
    const key = await make({ timeoutMs: 60_000 });
    await waitFor("the third part is under way", () => target.seen.length === 3);
    const halfway = await stateOf(key);
    expect(halfway.sweep).toMatchObject({ done: 1_000, total: 2_600 });
    await app.close();
    target.answerWith(() => ({ status: 200 }));
    app = await startSyncsApp(engines, systemClock, all);
    const before = target.seen.length;
    await app.syncs.start();
    await settled(key);
    expect(copyAt(key)).toEqual(emails(...names));
    const told = bodiesAt(key).slice(before);
    // 1,600 were not confirmed: what was told before is not told again.
    expect(told.flatMap(({ entered = [] }) => entered)).toHaveLength(1_600);
    expect(new Set(bodiesAt(key).flatMap(({ snapshot }) => snapshot?.runId ?? [])).size).toBe(1);
    expect(told.at(-1)).toMatchObject({ kind: "snapshotEnd", snapshot: { parts: 6 } });
    expect(app.reads.most).toBeLessThanOrEqual(500);
    const { items } = (await app.call("GET", `/v1/audience-syncs/${key}/runs`)).body;
    expect(items).toMatchObject([{ kind: "resync", state: "finished", entered: 2_600 }]);
  }, 40_000);

  it("does not delay changes, which are told between its parts", async () => {
    all.add(Array.from({ length: 2_000 }, (_, index) => `m${index}`));
    const key = await make();
    await waitFor("it is under way", () => target.seen.length > 0);
    const [late] = all.add(["late"]);
    await app.change([String(late)]);
    await settled(key);
    const first = bodiesAt(key).findIndex(({ entered = [] }) =>
      entered.some(({ identifier }) => identifier.startsWith("late")),
    );
    expect(bodiesAt(key)[first]?.kind).toBe("changes");
    expect(first).toBeLessThan(bodiesAt(key).length - 2);
    expect(copyAt(key)).toHaveLength(2_001);
  });
});

describe("the API", () => {
  it("is for administrators, shows no secret, and names all faults of a configuration", async () => {
    const key = await make();
    const shown = await app.call("GET", `/v1/audience-syncs/${key}`);
    expect(shown.body).toMatchObject({ audience: { key: "vip" }, secrets: { signingSecret: "set" } });
    expect(JSON.stringify(shown.body)).not.toContain("s3cret");
    expect((await app.call("GET", "/v1/audience-syncs", undefined, "reader")).status).toBe(403);
    const config = { type: "folder", path: "../../etc", audience: "vip", identifiers: [{ namespace: "email" }] };
    const outside = await app.call("POST", "/v1/audience-syncs", { key: "o", name: "o", config });
    expect(outside.body.error).toMatchObject({ code: "connectors.invalid", details: [{ path: "/config/path" }] });
    const unknown = { ...config, path: "out", audience: "nobody" };
    const refused = await app.call("POST", "/v1/audience-syncs", { key: "n", name: "n", config: unknown });
    expect(refused.body.error).toMatchObject({ details: [{ path: "/config/audience" }] });
    const bare = { type: "webhook", url: "ftp://x", audience: "vip", identifiers: [{ namespace: "email" }] };
    const faults = (await app.call("POST", "/v1/audience-syncs", { key: "f", name: "f", config: bare })).body.error;
    expect(faults.details.map(({ path }: { path: string }) => path)).toEqual(["/secrets/signingSecret", "/config/url"]);
  });

  it("replaces a configuration, tells what differs by it, and keeps the audience", async () => {
    all.add(["ada"]);
    const key = await make();
    await settled(key);
    const { config } = (await app.call("GET", `/v1/audience-syncs/${key}`)).body;
    const identifiers = [{ namespace: "user_id", hash: false }];
    const put = await app.call("PUT", `/v1/audience-syncs/${key}`, {
      name: "Other",
      config: { ...config, identifiers },
    });
    expect(put.body).toMatchObject({ name: "Other", config: { identifiers } });
    await waitFor("the copy holds numbers", () => copyAt(key).join() === "user_id:ada");
    const other = { ...config, audience: "0190aaaa-0000-7000-8000-000000000002" };
    expect((await app.call("PATCH", `/v1/audience-syncs/${key}`, { config: other })).status).toBe(422);
    const { rows } = await engines.postgres.query(
      "select 1 from audit_entries a where a.object_kind = 'audience-sync' and a.action = 'audience-sync.update'",
    );
    expect(rows).toHaveLength(1);
  });
});
