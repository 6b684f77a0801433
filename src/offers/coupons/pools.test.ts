import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock, createLogger, newId } from "../../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { defaultSpec } from "./code-format.ts";
import type { CouponRule } from "./coupon-rule.ts";
import { createPools } from "./create-pools.ts";
import { createGenerator } from "./generate-codes.ts";
import { createIssueCode } from "./issue-code.ts";
import { createCodeStore } from "./store-codes.ts";
import { createJobStore } from "./store-jobs.ts";

const generated = process.env["CLIENTELE_TEST_LONG"] ? 1_000_000 : 30_000;
const clock = createFixedClock(Date.UTC(2026, 4, 10, 12));
const logger = createLogger("silent");
/** Rules that run, as a test sets them. */
let live: readonly CouponRule[] = [];
let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["offers"]);
});
afterAll(() => engines.close());

const setUp = async (batchSize = 5_000) => {
  const store = createCodeStore(engines.postgres);
  const jobs = createJobStore(engines.postgres);
  const pools = createPools({ store, jobs, clock, liveRules: () => live });
  const { id } = await pools.create({ ruleKey: "rule", name: "Pool", createdBy: "test" });
  const generator = createGenerator({ store: jobs, clock, logger, batchSize });
  const read = async () => (await pools.read(id)).generations[0];
  const importText = (text: string) => pools.importFile(id, Readable.from([Buffer.from(text)]));
  const exportText = async (format: "csv" | "xml") => {
    let text = "";
    for await (const piece of await pools.exportFile(id, {}, format)) text += piece;
    return text;
  };
  const listed = async (query: object = {}) => (await pools.codes(id, { limit: 200, ...query })).items;
  return { store, jobs, pools, id, generator, read, importText, exportText, listed };
};

describe("generation", () => {
  it(`makes ${generated} different codes and tells its progress`, async () => {
    const { pools, id, generator, read } = await setUp();
    const asked = await pools.generate(
      id,
      { quantity: generated, prefix: "vip-", limit: 3, expires: "2026-12-31" },
      "me",
    );
    expect(asked).toMatchObject({ status: "queued", done: 0, guessRatio: generated / 32 ** 12 });
    const startedAt = performance.now();
    expect(await generator.runNext()).toBe(true);
    process.stdout.write(`${generated} codes in ${Math.round(performance.now() - startedAt)} ms\n`);
    expect(await read()).toMatchObject({ status: "done", done: generated, error: null });
    expect(await pools.read(id)).toMatchObject({ codes: generated, usedCodes: 0 });
    const [code] = (await pools.codes(id, { limit: 1, search: "Vip-" })).items;
    expect(code).toMatchObject({
      code: expect.stringMatching(/^VIP-[A-HJ-NP-Z2-9]{12}$/),
      limit: 3,
      expires: "2026-12-31",
    });
    expect(await generator.runNext()).toBe(false);
  }, 120_000);

  it("goes on where a run stopped, and leaves a job alone that another is at", async () => {
    const { jobs, pools, id, read } = await setUp();
    await pools.generate(id, { quantity: 500 }, "me");
    let batches = 0;
    const dying = createGenerator({
      store: {
        ...jobs,
        addGenerated: async (...given) => {
          batches += 1;
          if (batches > 2) throw new Error("killed");
          return jobs.addGenerated(...given);
        },
      },
      clock,
      logger,
      batchSize: 100,
    });
    await expect(dying.runNext()).rejects.toThrow("killed");
    expect(await read()).toMatchObject({ status: "running", done: 200 });
    const next = createGenerator({ store: jobs, clock, logger, batchSize: 100 });
    expect(await next.runNext()).toBe(false);
    clock.advance(31_000);
    expect(await next.runNext()).toBe(true);
    expect(await read()).toMatchObject({ status: "done", done: 500 });
    expect((await pools.read(id)).codes).toBe(500);
  });

  it("stores nothing for a run that has lost its job", async () => {
    const { jobs, pools, id } = await setUp();
    await pools.generate(id, { quantity: 10 }, "me");
    const job = (await jobs.claim(newId(), clock.now(), 1_000))!;
    expect(await jobs.addGenerated(job, newId(), ["LOST-1"], { nowMs: clock.now(), leaseMs: 1_000 })).toBeUndefined();
    expect((await pools.read(id)).codes).toBe(0);
    await pools.cancel(id, job.id);
  });

  it("can be cancelled: what was made stays", async () => {
    const { jobs, pools, id, read } = await setUp();
    const { id: jobId } = await pools.generate(id, { quantity: 1_000 }, "me");
    const generator = createGenerator({
      store: {
        ...jobs,
        addGenerated: async (...given) => {
          const done = await jobs.addGenerated(...given);
          if (done === 300) await pools.cancel(id, jobId);
          return done;
        },
      },
      clock,
      logger,
      batchSize: 100,
    });
    await generator.runNext();
    expect(await read()).toMatchObject({ status: "cancelled", done: 300 });
    expect((await pools.read(id)).codes).toBe(300);
    await expect(pools.cancel(id, newId())).rejects.toMatchObject({ code: "coupons.jobNotFound" });
  });

  it("refuses shapes that can be guessed, earlier generations of the pool counted", async () => {
    const { pools, id } = await setUp();
    const numeric = { format: "numeric", length: 6 } as const;
    const first = await pools.generate(id, { ...numeric, quantity: 60 }, "me");
    expect(first.guessRatio).toBe(0.000_06);
    await expect(pools.generate(id, { ...numeric, quantity: 60 }, "me")).rejects.toMatchObject({
      code: "coupons.spaceTooSmall",
    });
    await expect(pools.generate(id, { quantity: 1, prefix: "A B" }, "me")).rejects.toMatchObject({
      code: "coupons.invalid",
      details: [{ path: "/prefix" }],
    });
    await expect(pools.generate("nothing", { quantity: 1 }, "me")).rejects.toMatchObject({
      code: "coupons.poolNotFound",
    });
  });

  it("gives up when nearly every code of a shape exists already", async () => {
    const { jobs, id, generator, read } = await setUp();
    const spec = { ...defaultSpec, format: "numeric", length: 1, prefix: "FEW", limit: null, expires: null } as const;
    const job = {
      id: newId(),
      poolId: id,
      quantity: 11,
      done: 0,
      status: "queued",
      error: null,
      finishedAt: null,
    } as const;
    await jobs.createJob({ ...job, spec, createdAt: 0, createdBy: "me" });
    await generator.runNext();
    expect(await read()).toMatchObject({ status: "failed", error: "no new codes were found" });
  });
});

describe("files", () => {
  it("imports codes with limits and days, and tells what it left out", async () => {
    const { importText, listed } = await setUp();
    const report = await importText(
      '\ufeffCode,Limit,Expires\r\n one-1 ,,\r\nONE-2,5,2026-12-31\r\none-1,9,\r\n"a b",,\r\n=CMD(),,\r\nONE-3,x,\r\nONE-4,,2026-02-30\r\n',
    );
    expect(report).toMatchObject({ imported: 2, known: 1, faulty: 4 });
    expect(report.faults.map(({ path }) => path)).toEqual(["/5", "/6", "/7", "/8"]);
    expect(await listed()).toMatchObject([
      { code: "ONE-1", limit: null, expires: null, used: 0 },
      { code: "ONE-2", limit: 5, expires: "2026-12-31", used: 0 },
    ]);
    expect(await importText("code\none-1\nONE-9\n")).toMatchObject({ imported: 1, known: 1 });
  });

  it.each([
    ["", "empty"],
    ["a,b\n1,2\n", "no column code"],
    ['code\n"never closed', "no CSV"],
    [`code\n${"x".repeat(9_000)}`, "no CSV"],
  ])("refuses %j", async (text, message) => {
    const { importText } = await setUp();
    await expect(importText(text)).rejects.toMatchObject({
      code: "coupons.badFile",
      message: expect.stringContaining(message),
    });
  });

  it("exports CSV and XML that hold every code with what is used of it", async () => {
    const { importText, exportText, id } = await setUp();
    await importText("code,limit,expires\nEXP-1,2,2026-12-31\nEXP-2,,\n");
    await engines.postgres.query(
      "insert into coupon_counters (item, kind, rule_key, count) values ('EXP-1', 'code', 'rule', 1), ('EXP-2', 'code', 'other', 1)",
    );
    expect(await exportText("csv")).toBe(
      "code,limit,expires,used,created_at\r\n" +
        `EXP-1,2,2026-12-31,1,${new Date(clock.now()).toISOString()}\r\nEXP-2,,,0,${new Date(clock.now()).toISOString()}\r\n`,
    );
    const created = `createdAt="${new Date(clock.now()).toISOString()}"`;
    expect(await exportText("xml")).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<coupons>\n  <coupon code="EXP-1" limit="2" expires="2026-12-31" used="1" ${created}/>\n` +
        `  <coupon code="EXP-2" used="0" ${created}/>\n</coupons>\n`,
    );
    const other = await setUp();
    expect(await other.importText(await exportText("csv"))).toMatchObject({ imported: 0, known: 2, faulty: 0 });
    expect(id).not.toBe(other.id);
  });

  it("exports more codes than a page holds, each once", async () => {
    const { pools, id, generator, exportText } = await setUp();
    await pools.generate(id, { quantity: 12_345 }, "me");
    while (await generator.runNext());
    const codes = (await exportText("csv"))
      .trim()
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(",")[0]);
    expect(new Set(codes).size).toBe(12_345);
  });
});

describe("lists", () => {
  it("page through codes, find them by their beginning, tell used ones apart", async () => {
    const { pools, id, importText, listed } = await setUp();
    await importText("code\nL_1\nLX1\nL_2\nL_3\n");
    await engines.postgres.query(
      "insert into coupon_counters (item, kind, rule_key, count) values ('L_2', 'code', 'rule', 1)",
    );
    const first = await pools.codes(id, { limit: 3 });
    const second = await pools.codes(id, { limit: 3, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map(({ code }) => code)).toEqual(["LX1", "L_1", "L_2", "L_3"]);
    expect(second.nextCursor).toBeUndefined();
    expect((await listed({ search: " l_" })).map(({ code }) => code)).toEqual(["L_1", "L_2", "L_3"]);
    expect((await listed({ used: true })).map(({ code }) => code)).toEqual(["L_2"]);
    expect((await pools.read(id)).usedCodes).toBe(1);
    await expect(pools.codes(id, { limit: 3, cursor: "nonsense" })).rejects.toMatchObject({ code: "http.badRequest" });
  });

  it("page through pools, newest first", async () => {
    const { pools } = await setUp();
    for (const name of ["a", "b", "c"]) {
      clock.advance(1);
      await pools.create({ ruleKey: "paged", name, createdBy: "test" });
    }
    const first = await pools.list({ ruleKey: "paged", limit: 2 });
    const second = await pools.list({ ruleKey: "paged", limit: 2, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["c", "b", "a"]);
  });

  it("delete named codes, and all that match", async () => {
    const { pools, id, importText, generator, listed } = await setUp();
    await importText("code\nD-1\nD-2\nE-1\nE-2\n");
    expect(await pools.deleteCodes(id, ["d-1", "NOPE", "\0"])).toBe(1);
    await engines.postgres.query(
      "insert into coupon_counters (item, kind, rule_key, count) values ('E-1', 'code', 'rule', 1)",
    );
    expect(await pools.deleteMatching(id, { search: "E-", used: false })).toBe(1);
    const { id: generation } = await pools.generate(id, { quantity: 6_000 }, "me");
    while (await generator.runNext());
    expect(await pools.deleteMatching(id, { generation })).toBe(6_000);
    expect((await listed()).map(({ code }) => code)).toEqual(["D-2", "E-1"]);
  });
});

describe("a code for one recipient", () => {
  it("is made once for a key, whoever asks how often at the same time", async () => {
    const { store, jobs, pools, id, generator, listed } = await setUp();
    const ruleKey = `rule-${id}`;
    const pool = await pools.create({ ruleKey, name: "Mails", createdBy: "test" });
    await pools.generate(pool.id, { quantity: 1, prefix: "MAIL-", length: 16 }, "test");
    await generator.runNext();
    const issue = createIssueCode({ store, jobs, clock });
    const asked = await Promise.all(
      Array.from({ length: 12 }, (_, at) => issue(ruleKey, `key-${at % 3}`, "2026-06-01")),
    );
    const codes = new Set(asked.map((each) => each?.code));
    expect(codes.size).toBe(3);
    expect([...codes]).toEqual(asked.slice(0, 3).map((each) => each?.code));
    const { items } = await pools.codes(pool.id, { limit: 200 });
    expect(items.filter(({ code }) => codes.has(code))).toEqual(
      Array.from({ length: 3 }, () =>
        expect.objectContaining({
          code: expect.stringMatching(/^MAIL-.{16}$/),
          limit: 1,
          expires: "2026-06-01",
          used: 0,
        }),
      ),
    );
    expect(items).toHaveLength(4);
    // Later, and for another day: what was promised stays.
    expect(await issue(ruleKey, "key-0", null)).toEqual({ code: asked[0]?.code, expires: "2026-06-01" });
    expect(await listed()).toEqual([]);
  });

  it("cannot be had where the rule has no pool, or no code of its shape is left", async () => {
    const { store, jobs, pools, id } = await setUp();
    const issue = createIssueCode({ store, jobs, clock });
    expect(await issue("no-pool", "key", null)).toBeUndefined();
    const ruleKey = `few-${id}`;
    const pool = await pools.create({ ruleKey, name: "Few", createdBy: "test" });
    const spec = { ...defaultSpec, format: "numeric" as const, length: 1, limit: null, expires: null };
    const job = { id: newId(clock.now()), poolId: pool.id, spec, quantity: 1, done: 0, status: "queued" as const };
    await jobs.createJob({ ...job, error: null, createdAt: clock.now(), createdBy: "test", finishedAt: null });
    await store.addCodes(
      pool.id,
      Array.from({ length: 10 }, (_, at) => ({ code: `${at}`, limit: null, expires: null })),
      0,
    );
    await expect(issue(ruleKey, `full-${id}`, null)).rejects.toMatchObject({ code: "coupons.busy" });
    expect(await store.issued(`full-${id}`)).toBeUndefined();
  });
});

it("refuses a file that ends within a quote, takes it once it is mended, and a quote within a code for a faulty line", async () => {
  const { importText, listed } = await setUp();
  await expect(importText('code\nTORN-1\n"TORN-2\n')).rejects.toMatchObject({ code: "coupons.badFile" });
  await importText('code\nTORN-1\n"TORN-2"\n');
  expect((await listed()).map(({ code }) => code)).toEqual(["TORN-1", "TORN-2"]);
  expect(await importText('code\na"b\nTORN-3\n')).toMatchObject({ imported: 1, faulty: 1, faults: [{ path: "/2" }] });
});

describe("a pool that is no longer wanted", () => {
  afterEach(() => {
    live = [];
  });
  const stored = async (id: string) => {
    const { rows } = await engines.postgres.query<{ pools: number; codes: number; jobs: number }>(
      `select (select count(*) from coupon_pools p where p.pool_id = $1) as pools,
         (select count(*) from coupon_codes c where c.pool_id = $1) as codes,
         (select count(*) from coupon_jobs j where j.pool_id = $1) as jobs`,
      [id],
    );
    return rows[0];
  };

  it("is neither archived nor deleted while a live rule takes its codes, and the rule is named", async () => {
    const { pools, id } = await setUp();
    live = [{ key: "rule", coupon: { type: "pool" } }];
    for (const work of [pools.archive(id), pools.delete(id)])
      await expect(work).rejects.toMatchObject({
        code: "coupons.poolInUse",
        message: expect.stringContaining("rule"),
        details: [{ path: "/rules/rule" }],
      });
    // Another rule, or the same one with a code of its own, does not use it.
    live = [
      { key: "other", coupon: { type: "pool" } },
      { key: "rule", coupon: { type: "specific", code: "OWN" } },
    ];
    await expect(pools.delete(id)).rejects.toMatchObject({ code: "coupons.poolNotArchived" });
    expect(await pools.archive(id)).toMatchObject({ archivedAt: clock.now() });
  });

  it("is archived, takes and opens nothing then, and comes back as it was", async () => {
    const { store, pools, id, generator, importText, read } = await setUp();
    await importText("code\nARCH-1\n");
    await pools.generate(id, { quantity: 10 }, "me");
    const found = async () => (await store.findCodes(["ARCH-1"])).length;
    expect(await found()).toBe(1);
    expect(await pools.archive(id)).toEqual(await pools.archive(id));
    expect(await found()).toBe(0);
    expect(await read()).toMatchObject({ status: "cancelled" });
    // Other tests may have left generations of theirs.
    while (await generator.runNext());
    expect(await stored(id)).toEqual({ pools: 1, codes: 1, jobs: 1 });
    for (const work of [importText("code\nARCH-2\n"), pools.generate(id, { quantity: 1 }, "me")])
      await expect(work).rejects.toMatchObject({ code: "coupons.poolArchived" });
    expect(await store.addCodes(id, [{ code: "ARCH-3", limit: null, expires: null }], 0)).toBe(0);
    const idsOf = async (archived?: boolean) =>
      (await pools.list({ ruleKey: "rule", archived, limit: 200 })).items.map((pool) => pool.id);
    expect([(await idsOf()).includes(id), (await idsOf(true)).includes(id)]).toEqual([false, true]);
    expect(await pools.unarchive(id)).toEqual(await pools.unarchive(id));
    expect([(await idsOf()).includes(id), await found()]).toEqual([true, 1]);
    expect(await importText("code\nARCH-2\n")).toMatchObject({ imported: 1 });
  });

  it("is deleted with thousands of codes and its generations, and what was used of them stays counted", async () => {
    const { pools, id, generator, importText } = await setUp();
    await importText("code\nGONE-1\n");
    await engines.postgres.query(
      "insert into coupon_counters (item, kind, rule_key, count) values ('GONE-1', 'code', 'rule', 1)",
    );
    await pools.generate(id, { quantity: 6_000 }, "me");
    while (await generator.runNext());
    await pools.archive(id);
    expect(await pools.delete(id)).toMatchObject({ deleted: 6_001, pool: { id, ruleKey: "rule" } });
    expect(await stored(id)).toEqual({ pools: 0, codes: 0, jobs: 0 });
    await expect(pools.delete(id)).rejects.toMatchObject({ code: "coupons.poolNotFound" });
    // The code may come again, as used as it was.
    const next = await setUp();
    await next.importText("code\nGONE-1\n");
    expect((await next.listed()).map(({ code, used }) => [code, used])).toEqual([["GONE-1", 1]]);
  });

  it("leaves no code behind when it is deleted while files are imported and codes are made", async () => {
    const { pools, id, generator, importText } = await setUp(50);
    const lines = (from: number) => `code\n${Array.from({ length: 200 }, (_, at) => `RACE-${from + at}`).join("\n")}\n`;
    await pools.generate(id, { quantity: 2_000 }, "me");
    const ended = await Promise.allSettled([
      generator.runNext(),
      importText(lines(0)),
      pools.archive(id).then(() => pools.delete(id)),
      importText(lines(1_000)),
      pools.generate(id, { quantity: 5 }, "me"),
    ]);
    expect(ended[2]).toMatchObject({ status: "fulfilled" });
    while (await generator.runNext());
    expect(await stored(id)).toEqual({ pools: 0, codes: 0, jobs: 0 });
  });
});
