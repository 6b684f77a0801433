import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createHttpServer, type HttpServer } from "../http/index.ts";
import { ClienteleError, createLogger, newId, sha256Hex, systemClock } from "../kernel/index.ts";
import { migrate } from "../storage/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { createDuplicates, type Duplicates, type ProfileReads } from "./index.ts";

let app: TestApp;
let duplicates: Duplicates;
let http: HttpServer;
let readToken: string;
let editToken: string;
/** Profiles that the others do not see any more. */
const erased = new Set<string>();
const merges: (readonly string[])[] = [];
const separations: string[] = [];
const logger = createLogger("silent");

beforeAll(async () => {
  app = await startTestApp();
  await migrate(app.engines, [fileURLToPath(new URL("./migrations", import.meta.url))]);
  const profiles: ProfileReads = {
    ...app.profiles,
    scan: async (afterId, limit) => {
      const rows = await app.profiles.scan(afterId, limit);
      expect(rows.length).toBeLessThan(limit);
      return rows.filter(({ profileId }) => !erased.has(profileId));
    },
    get: async (id) => {
      if (erased.has(id)) throw new ClienteleError("profiles.notFound", "erased");
      return app.profiles.get(id);
    },
  };
  duplicates = createDuplicates({
    postgres: app.engines.postgres,
    profiles,
    clock: systemClock,
    logger,
    audit: app.access.audit,
    merge: async (...given) => void merges.push(given),
    separate: async (a, b) => void separations.push(`${a} ${b}`),
    separated: async (pairs) => pairs.map(([a, b]) => separations.includes(`${a} ${b}`)),
  });
  http = createHttpServer({
    config: { publicUrl: "http://localhost", openDiscovery: false },
    logger,
    clock: systemClock,
    authenticate: app.access.authenticate,
    trustProxy: false,
  });
  await http.register(duplicates.routes());
  const manager = { actor: "test", via: "cli" } as const;
  const token = async (name: string, scopes: ("read" | "edit" | "personal-data")[]) =>
    (await app.access.createKey({ kind: "token", name, scopes }, manager)).key;
  readToken = await token("reader", ["read"]);
  editToken = await token("editor", ["read", "edit", "personal-data"]);
  await app.sendFromServer(Array.from({ length: 40 }, (_, index) => person(`filler-${index}`, fillerTraits(index))));
  await app.settle();
});
afterAll(async () => {
  await duplicates.stop();
  await http.close();
  await app.close();
});

/** A word that no other number has, not even nearly. */
const wordOf = (seed: number) =>
  [...sha256Hex(`word ${seed}`).slice(0, 9)].map((digit) => "bcdafeghiklomnur"[Number.parseInt(digit, 16)]).join("");

const fillerTraits = (index: number) => ({
  firstName: wordOf(index),
  lastName: wordOf(index + 100),
  birthDate: `19${30 + index}-0${1 + (index % 9)}-1${index % 10}`,
  address: {
    street1: `${index + 3} ${wordOf(index + 200)} street`,
    city: wordOf(index + 300),
    postalCode: String(1000 + index * 37),
  },
});

let number = 0;
const person = (customerId: string, traits: object, email?: string) => ({
  type: "accountUpdated",
  customerId,
  ...(email === undefined ? {} : { email }),
  traits,
});

/** Two accounts of one person with a mistake between them; nobody else is like them. */
async function twoAccounts(): Promise<{
  readonly a: string;
  readonly b: string;
  readonly traits: { readonly lastName: string };
}> {
  number += 1;
  const traits = {
    firstName: `${wordOf(number + 400)}a`,
    lastName: `${wordOf(number + 500)}son`,
    birthDate: `1979-04-${10 + number}`,
    address: {
      street1: `${number} ${wordOf(number + 600)} road`,
      city: wordOf(number + 700),
      postalCode: String(7000 + number),
    },
  };
  const ids = [`one-${number}`, `two-${number}`];
  await app.sendFromServer([
    person(ids[0]!, traits),
    person(ids[1]!, { ...traits, lastName: traits.lastName.replace(/son$/, "sonn") }),
  ]);
  await app.settle();
  const [a = "", b = ""] = await Promise.all(ids.map(profileIdOf));
  return a < b ? { a, b, traits } : { a: b, b: a, traits };
}

async function profileIdOf(customerId: string): Promise<string> {
  return (await app.profiles.by("user_id", customerId)).profileId;
}

async function call(method: "GET" | "POST", url: string, token = editToken) {
  const answer = await http.inject({ method, url, headers: { authorization: `Bearer ${token}` } });
  return { status: answer.statusCode, body: answer.json() };
}

async function proposalOf(profileId: string) {
  const { body } = await call("GET", `/v1/duplicates?profileId=${profileId}`);
  expect(body.items.length).toBeLessThanOrEqual(1);
  return body.items[0];
}

describe("possible duplicates", () => {
  let pair: Awaited<ReturnType<typeof twoAccounts>>;
  beforeEach(async () => {
    pair = await twoAccounts();
    await duplicates.refresh();
  });

  it("proposes two accounts of one person with reasons, and merges nobody by itself", async () => {
    const proposal = await proposalOf(pair.a);
    expect(proposal).toMatchObject({ profileA: pair.a, profileB: pair.b, status: "open", source: "matching" });
    expect(proposal.probability).toBeGreaterThan(0.9);
    expect(proposal.reasons.join()).toMatch(/surname nearly the same \(0\.9\d\), \+/);
    expect(merges).toEqual([]);
  });

  it("shows values side by side only to who may see personal data", async () => {
    const { id } = await proposalOf(pair.a);
    const full = await call("GET", `/v1/duplicates/${id}`);
    const surname = full.body.fields.find(({ field }: { field: string }) => field === "surname");
    expect(full.body.isMasked).toBe(false);
    expect([surname.a, surname.b].join()).toMatch(/sonn?,.*sonn?$/);
    const masked = await call("GET", `/v1/duplicates/${id}`, readToken);
    expect(masked.body.isMasked).toBe(true);
    expect(JSON.stringify(masked.body)).not.toContain(pair.traits.lastName);
    expect(JSON.stringify(full.body)).toContain(pair.traits.lastName);
    expect(masked.body.fields.find(({ field }: { field: string }) => field === "email")).toMatchObject({ a: null });
  });

  it("calls the two of a listed pair by name only for who may see personal data", async () => {
    const listed = await proposalOf(pair.a);
    expect([listed.nameA, listed.nameB].sort()).toEqual([
      expect.stringMatching(new RegExp(` ${pair.traits.lastName}$`)),
      expect.stringMatching(new RegExp(` ${pair.traits.lastName}n$`)),
    ]);
    const { body } = await call("GET", `/v1/duplicates?profileId=${pair.a}`, readToken);
    expect(body.items).toMatchObject([{ profileA: pair.a, nameA: null, nameB: null }]);
    expect(JSON.stringify(body)).not.toContain(pair.traits.lastName);
  });

  it("merges on request, once, with an entry in the audit", async () => {
    const { id } = await proposalOf(pair.a);
    expect((await call("POST", `/v1/duplicates/${id}/merge`, readToken)).status).toBe(403);
    const answer = await call("POST", `/v1/duplicates/${id}/merge`);
    expect(answer.body).toMatchObject({ status: "merged" });
    expect(merges.filter(([a]) => a === pair.a)).toEqual([[pair.a, pair.b, answer.body.closedBy]]);
    const again = await call("POST", `/v1/duplicates/${id}/merge`);
    expect([again.status, again.body.error.code]).toEqual([409, "duplicates.closed"]);
    const entries = await app.access.audit.list({ objectKind: "duplicate", objectId: id, limit: 10 });
    expect(entries.items).toMatchObject([{ action: "duplicate.merge", via: "api", actor: answer.body.closedBy }]);
  });

  it("never proposes again what was dismissed, whatever changes", async () => {
    const { id } = await proposalOf(pair.a);
    await call("POST", `/v1/duplicates/${id}/dismiss`);
    expect(separations).toContain(`${pair.a} ${pair.b}`);
    await app.sendFromServer([person(`one-${number}`, { ...pair.traits, phone: "+61 2 5550 0000" })]);
    await app.settle();
    await duplicates.refresh();
    expect((await proposalOf(pair.a)).status).toBe("dismissed");
  });

  it("withdraws a proposal whose profiles no longer look alike, and opens it again when they do", async () => {
    const customerId = (await profileIdOf(`one-${number}`)) === pair.a ? `one-${number}` : `two-${number}`;
    const other = fillerTraits(number + 900);
    await app.sendFromServer([person(customerId, other)]);
    await app.settle();
    await duplicates.refresh();
    expect((await proposalOf(pair.a)).status).toBe("withdrawn");
    await app.sendFromServer([person(customerId, pair.traits)]);
    await app.settle();
    await duplicates.refresh();
    expect((await proposalOf(pair.a)).status).toBe("open");
  });

  it("withdraws a proposal that somebody separated elsewhere", async () => {
    separations.push(`${pair.a} ${pair.b}`);
    await duplicates.refresh();
    expect((await proposalOf(pair.a)).status).toBe("withdrawn");
    await duplicates.refresh();
    expect((await proposalOf(pair.a)).status).toBe("withdrawn");
  });

  it("compares only what changed since the last run", async () => {
    await duplicates.refresh();
    const { body } = await call("GET", "/v1/duplicates/report");
    expect(body.lastRun).toMatchObject({ status: "done", report: { changed: 0, proposed: 0 } });
    expect(body.lastRun.report.compared).toBeGreaterThan(40);
    expect(body.runs[1].report.changed).toBe(2);
    expect(body.counts.open).toBeGreaterThan(0);
    expect(body.openPerThousandProfiles).toBeGreaterThan(0);
  });

  it("lists in pages by probability, and refuses a foreign cursor", async () => {
    const all = (await call("GET", "/v1/duplicates?limit=200")).body.items;
    const paged: { id: string; probability: number }[] = [];
    for (let cursor = ""; paged.length < all.length; ) {
      const { body } = await call("GET", `/v1/duplicates?limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...body.items);
      if (body.nextCursor === undefined) break;
      cursor = body.nextCursor;
    }
    expect(paged.map(({ id }) => id)).toEqual(all.map(({ id }: { id: string }) => id));
    const open = (await call("GET", "/v1/duplicates?status=open&minProbability=0.9")).body.items;
    for (const item of open) expect(item).toMatchObject({ status: "open" });
    expect((await call("GET", "/v1/duplicates?cursor=abc")).status).toBe(400);
    expect((await call("GET", "/v1/duplicates?status=other")).status).toBe(400);
    expect((await call("GET", "/v1/duplicates?minProbability=2")).status).toBe(400);
    expect((await call("GET", `/v1/duplicates/${newId()}`)).status).toBe(404);
    expect((await call("GET", "/v1/duplicates/report/x")).status).toBe(404);
  });

  it("forgets a profile on request", async () => {
    await duplicates.forget([pair.a]);
    expect(await proposalOf(pair.b)).toBeUndefined();
  });
});

describe("possible duplicates of other origins", () => {
  it("are the conflicts that identity stitching reports, with or without anything to compare", async () => {
    await app.sendFromServer([person("thin-1", {}), person("thin-2", {})]);
    await app.settle();
    const [a = "", b = ""] = (await Promise.all(["thin-1", "thin-2"].map(profileIdOf))).sort();
    const [c = "", d = ""] = (await Promise.all(["filler-1", "filler-2"].map(profileIdOf))).sort();
    expect(
      await duplicates.report([
        { profileIds: [b, a] },
        { profileIds: [a, b] },
        { profileIds: [c, d] },
        { profileIds: [c, c] },
      ]),
    ).toBe(2);
    await duplicates.refresh();
    expect(await proposalOf(a)).toMatchObject({
      profileA: a,
      profileB: b,
      source: "identity",
      status: "open",
      probability: null,
    });
    expect(await proposalOf(c)).toMatchObject({ source: "identity", status: "open" });
  });
});

describe("runs", () => {
  it("are one at a time, begin on request and leave their report", async () => {
    const [one, two] = await Promise.all([call("POST", "/v1/duplicates/run"), call("POST", "/v1/duplicates/run")]);
    expect([one!.status, two!.status].sort()).toEqual([202, 409]);
    await expect.poll(async () => (await call("GET", "/v1/duplicates/report")).body.lastRun.status).toBe("done");
    expect((await call("POST", "/v1/duplicates/run", readToken)).status).toBe(403);
  });

  it("close proposals of profiles that were merged elsewhere or vanished", async () => {
    const gone = await twoAccounts();
    const known = await twoAccounts();
    const email = `guest-${number}@example.com`;
    await app.sendFromServer([{ type: "accountUpdated", email, traits: known.traits }]);
    await app.settle();
    const guest = (await app.profiles.by("email", email)).profileId;
    await duplicates.refresh();
    const found = (await call("GET", `/v1/duplicates?profileId=${guest}`)).body.items;
    expect(found.map(({ status }: { status: string }) => status)).toEqual(["open", "open"]);
    erased.add(gone.a);
    await app.sendFromServer([person(`one-${number}`, {}, email)]);
    await app.settle();
    await duplicates.refresh();
    expect(await proposalOf(gone.b)).toMatchObject({ status: "withdrawn", closedBy: null });
    const after = (await call("GET", `/v1/duplicates?profileId=${guest}`)).body.items;
    expect(after.map(({ status }: { status: string }) => status).sort()).toEqual(["merged", "withdrawn"]);
  });

  it("that fail say so, and the next one compares the same profiles", async () => {
    const pair = await twoAccounts();
    const failing = createDuplicates({
      postgres: app.engines.postgres,
      profiles: app.profiles,
      clock: systemClock,
      logger,
      audit: app.access.audit,
      merge: async () => undefined,
      separate: async () => undefined,
      timeoutMs: 1,
    });
    await expect(failing.refresh()).rejects.toMatchObject({ code: "duplicates.tooLong" });
    const { body } = await call("GET", "/v1/duplicates/report");
    expect(body.lastRun).toMatchObject({ status: "failed", error: expect.stringContaining("1 ms") });
    await duplicates.refresh();
    expect(await proposalOf(pair.a)).toMatchObject({ status: "open" });
  });
});
