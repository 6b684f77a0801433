// Hard limits for each person: never passed by what one person asks at once, added up when two turn out to be one.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { decisionCalls, server, unique } from "../../testing/decision-calls.ts";
import { display, ids, offerCalls, removedBy, strategy } from "../../testing/offer-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const clock = createFixedClock(Date.parse("2026-03-10T12:00:00Z"));
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
});
afterAll(() => app.close());
const { visitor } = decisionCalls(() => app);
const { ask, askOne, place, offer, collection, policy } = offerCalls(() => app);

/** An offer with such caps, and one behind it. */
async function rationed(...caps: object[]) {
  const at = await place();
  const own = await offer(at, { priority: 50, caps: caps.map((cap) => ({ per: "profile", hard: true, ...cap })) });
  const plain = await offer(at);
  await policy(at, [strategy("all", await collection(own, plain))]);
  await app.offerDecisions.refreshCounts();
  return { at, own, plain };
}
const shown = async (at: string, who: string, times: number) =>
  (await Promise.all(Array.from({ length: times }, () => askOne(at, who)))).flatMap(ids);
const countOf = (list: readonly string[], key: string) => list.filter((each) => each === key).length;
const takenOf = async (offerKey: string): Promise<readonly number[]> => {
  const { body } = await app.call("GET", `/v1/definitions/offer/${offerKey}`);
  const { rows } = await app.engines.postgres.query<{ taken: number }>(
    "select s.taken::int as taken from offer_person_stock s where s.offer_id = $1::uuid order by s.taken",
    [body["id"]],
  );
  return rows.map(({ taken }) => taken);
};

it("is exact for 64 decisions of one person at once, whatever is counted, and each person has their own", async () => {
  for (const counted of ["impression", "decision", "click"]) {
    const { at, own, plain } = await rationed({ counted, limit: 10 });
    const [one, other] = [await visitor(), await visitor()];
    const answers = await shown(at, one, 64);
    expect([countOf(answers, own), countOf(answers, plain)]).toEqual([10, 54]);
    expect(countOf(await shown(at, other, 12), own)).toBe(10);
    expect(await takenOf(own)).toEqual([10, 10]);
  }
});

it("holds together with a stock of everybody, and takes nothing where one of both is empty", async () => {
  const { at, own } = await rationed(
    { counted: "impression", limit: 2 },
    { counted: "impression", limit: 3, per: "total" },
  );
  const [one, two, three] = [await visitor(), await visitor(), await visitor()];
  // Of everybody's stock a visitor holds one piece, however often they come.
  expect(countOf(await shown(at, one, 8), own)).toBe(2);
  expect(countOf(await shown(at, two, 8), own)).toBe(2);
  expect(countOf(await shown(at, three, 8), own)).toBe(2);
  expect(countOf(await shown(at, await visitor(), 8), own)).toBe(0);
  expect(await takenOf(own)).toEqual([2, 2, 2]);
});

it("counts a piece for good once the event of its decision comes, each decision once, and frees the others", async () => {
  const { at, own, plain } = await rationed({ counted: "impression", limit: 3, holdMinutes: 10 });
  const who = await visitor();
  const answers = await Promise.all([askOne(at, who), askOne(at, who), askOne(at, who)]);
  expect(answers.flatMap(ids)).toEqual([own, own, own]);
  const event = { anonymousId: who, ...display(answers[0]!.decisionId, own, at) };
  await app.send([event]);
  // The page tells it again, under another id.
  await app.send([event, { anonymousId: who, ...display("no-decision-of-ours", own, at) }]);
  await app.settle();
  expect(ids(await askOne(at, who))).toEqual([plain]);
  clock.advance(11 * minuteMs);
  await app.offerDecisions.refreshCounts();
  expect(await takenOf(own)).toEqual([1]);
  expect(countOf(await shown(at, who, 5), own)).toBe(2);
});

it("uses up one piece for each event of the shop that names no decision", async () => {
  const { at, own } = await rationed({ counted: "custom", event: "voucherPrinted", limit: 4, holdMinutes: 10 });
  const who = await visitor();
  expect(countOf(await shown(at, who, 4), own)).toBe(4);
  await app.send([
    { anonymousId: who, type: "voucherPrinted" },
    { anonymousId: who, type: "voucherPrinted" },
  ]);
  await app.settle();
  clock.advance(11 * minuteMs);
  await app.offerDecisions.refreshCounts();
  expect(await takenOf(own)).toEqual([2]);
});

it("adds up when two visitors turn out to be one, also what was counted before the limit was hard", async () => {
  const { at, own, plain } = await rationed({ counted: "decision", limit: 5 });
  const [phone, laptop] = [await visitor(), await visitor()];
  expect(countOf(await shown(at, phone, 2), own)).toBe(2);
  expect(countOf(await shown(at, laptop, 2), own)).toBe(2);
  const customerId = unique("customer");
  for (const anonymousId of [laptop, phone]) {
    await app.sendFromServer([{ type: "signIn", anonymousId, customerId }]);
    await app.settle();
  }
  expect(await takenOf(own)).toEqual([4]);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => ask({ identity: { customerId }, placements: [at] }, server)),
  );
  const all = answers.flatMap(([answer]) => ids(answer!));
  expect([countOf(all, own), countOf(all, plain)]).toEqual([1, 7]);

  const soft = await rationed({ counted: "decision", limit: 4, hard: false });
  const [tablet, watch] = [await visitor(), await visitor()];
  expect(countOf(await shown(soft.at, tablet, 2), soft.own)).toBe(2);
  await app.offerDecisions.refreshCounts();
  await harden(soft.own);
  expect(countOf(await shown(soft.at, watch, 1), soft.own)).toBe(1);
  const second = unique("customer");
  for (const anonymousId of [watch, tablet]) {
    await app.sendFromServer([{ type: "signIn", anonymousId, customerId: second }]);
    await app.settle();
  }
  expect(countOf(await shown(soft.at, watch, 6), soft.own)).toBe(1);
});

async function harden(key: string, change: (cap: object) => object = (cap) => ({ ...cap, hard: true })): Promise<void> {
  const read = await app.call("GET", `/v1/definitions/offer/${key}`);
  const body = read.body["body"] as { caps: object[] };
  const put = await app.call(
    "PUT",
    `/v1/definitions/offer/${key}`,
    { name: key, body: { ...body, caps: body.caps.map(change) } },
    { ...server, "if-match": String(read.headers["etag"]) },
  );
  const headers = { ...server, "if-match": String(put.headers["etag"]) };
  expect(await app.call("POST", `/v1/definitions/offer/${key}/publish`, {}, headers)).toMatchObject({ status: 200 });
  await app.offerDecisions.refreshCounts();
}

it("is that of a device until somebody is known by it, and then theirs; nobody at all cannot have it", async () => {
  const { at, own, plain } = await rationed({ counted: "impression", limit: 3 });
  expect(ids(await askOne(at))).toEqual([plain]);
  const guest = unique("nobody");
  expect(countOf(await shown(at, guest, 2), own)).toBe(2);
  await app.send([{ type: "pageView", anonymousId: guest }]);
  await app.settle();
  expect(countOf(await shown(at, guest, 16), own)).toBe(1);
  expect(await takenOf(own)).toEqual([3]);
});

it("begins anew in each period, and rows of periods that are over go", async () => {
  const { at, own } = await rationed({ counted: "decision", limit: 2, period: { every: 1, unit: "day" } });
  const who = await visitor();
  expect(countOf(await shown(at, who, 5), own)).toBe(2);
  clock.advance(dayMs);
  await app.offerDecisions.refreshCounts();
  expect(countOf(await shown(at, who, 5), own)).toBe(2);
  await app.offerDecisions.maintain();
  // A late event may still come for yesterday.
  expect(await takenOf(own)).toEqual([2, 2]);
  clock.advance(3 * dayMs);
  await app.offerDecisions.maintain();
  expect(await takenOf(own)).toEqual([2]);
  clock.advance(dayMs);
  await app.offerDecisions.maintain();
  expect(await takenOf(own)).toEqual([]);
  await app.offerDecisions.refreshCounts();
  expect(countOf(await shown(at, who, 5), own)).toBe(2);
});

it("is told in the trace, and a preview takes nothing", async () => {
  const { at, own, plain } = await rationed({ counted: "impression", limit: 1 });
  const who = await visitor();
  const explain = () => askOne(at, who, { explain: true }, server);
  expect(removedBy(await explain())).toEqual({ [own]: "chosen", [plain]: "eligible" });
  expect(await takenOf(own)).toEqual([]);
  expect(ids(await askOne(at, who))).toEqual([own]);
  const explained = await explain();
  expect(removedBy(explained)).toEqual({ [own]: "cap", [plain]: "chosen" });
  expect(JSON.stringify(explained)).toContain("The visitor has had or holds all 1 (impression)");
});

it("is forgotten with its person, pieces that are held too", async () => {
  const { at, own } = await rationed({ counted: "impression", limit: 2 });
  const who = await visitor();
  expect(countOf(await shown(at, who, 2), own)).toBe(2);
  const { body } = await app.call("POST", "/v1/decide", { identity: { anonymousId: who }, placements: [at] }, server);
  const profileId = String(body["profileId"]);
  expect(await app.offerDecisions.limitsOf([profileId], [])).toEqual([
    { offer: own, counted: "impression", placement: "", taken: 2, from: null },
  ]);
  await app.engines.postgres.transaction((tx) => app.offerDecisions.erase(tx, [profileId], []));
  app.offerDecisions.forget([profileId], []);
  expect(await takenOf(own)).toEqual([]);
  const { rows } = await app.engines.postgres.query("select 1 from offer_holds h where h.person = $1", [profileId]);
  expect(rows).toEqual([]);
});
