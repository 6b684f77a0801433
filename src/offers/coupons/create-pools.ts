// Pools of codes: made, imported, listed, deleted.
import type { Readable } from "node:stream";
import {
  ClienteleError,
  type Clock,
  decodeCursor,
  decodeTimeCursor,
  isUuid,
  newId,
  type Page,
  toPage,
} from "../../kernel/index.ts";
import { type CodeSpec, checkSpec, defaultSpec, guessOf } from "./code-format.ts";
import { type CouponRule, isCode, normaliseCode } from "./coupon-rule.ts";
import { type ImportReport, importCodes } from "./read-codes-file.ts";
import type { CodeStore, CouponPool, ListedCode } from "./store-codes.ts";
import type { GenerationJob, JobStore } from "./store-jobs.ts";
import { type CodesFileFormat, writeCodesFile } from "./write-codes-file.ts";

export type PoolsDeps = {
  readonly store: CodeStore;
  readonly jobs: JobStore;
  readonly clock: Clock;
  /** Rules that run now: what they use is not put away. */
  readonly liveRules: () => readonly CouponRule[];
};

export type NewGeneration = Partial<CodeSpec> & {
  readonly quantity: number;
  readonly limit?: number | null | undefined;
  readonly expires?: string | null | undefined;
  /** Largest probability that one guess hits a code; default 1e-4, at most 0.01. */
  readonly maxGuessRatio?: number | undefined;
};

/** A generation, and how likely one guess of its shape hits a code of the pool. */
export type Generation = GenerationJob & { readonly guessRatio: number };

/** A pool with its counts and its latest generations. */
export type PoolDetail = CouponPool & {
  readonly codes: number;
  readonly usedCodes: number;
  readonly generations: readonly Generation[];
};

export type CodeFilter = { readonly search?: string | undefined; readonly used?: boolean | undefined };

const listedJobs = 50;
const deletedAtOnce = 5_000;

/** Affixes are part of a code: they may not hide a character that a list of codes ends at. */
const affixPattern = /^[A-Z0-9._-]{0,32}$/;

function readSpec(given: NewGeneration): CodeSpec {
  const text = (value: string | undefined, fallback: string) => normaliseCode(value ?? fallback);
  const spec: CodeSpec = {
    format: given.format ?? defaultSpec.format,
    length: given.length ?? defaultSpec.length,
    prefix: text(given.prefix, ""),
    suffix: text(given.suffix, ""),
    dashEvery: given.dashEvery ?? 0,
    avoidLookalikes: given.avoidLookalikes ?? true,
  };
  for (const name of ["prefix", "suffix"] as const)
    if (!affixPattern.test(spec[name]) || /^[._-]/.test(spec.prefix))
      throw new ClienteleError("coupons.invalid", `${name} is letters, digits, dashes, dots and underscores`, {
        details: [{ path: `/${name}`, code: "coupons.invalid", message: "has other characters" }],
      });
  return spec;
}

export function createPools({ store, jobs, clock, liveRules }: PoolsDeps) {
  const find = async (poolId: string): Promise<CouponPool> => {
    const pool = isUuid(poolId) ? await store.pool(poolId) : undefined;
    if (pool) return pool;
    throw new ClienteleError("coupons.poolNotFound", `there is no coupon pool ${poolId.slice(0, 64)}`);
  };
  /** @throws {ClienteleError} `coupons.poolArchived` */
  const findOpen = async (poolId: string): Promise<CouponPool> => {
    const pool = await find(poolId);
    if (pool.archivedAt === null) return pool;
    throw new ClienteleError("coupons.poolArchived", `the pool ${pool.id} is archived: bring it back first`);
  };
  /** @throws {ClienteleError} `coupons.poolInUse` with the rules */
  const assertUnused = ({ id, ruleKey }: CouponPool): void => {
    const users = liveRules().filter(({ key, coupon }) => key === ruleKey && coupon.type === "pool");
    if (users.length === 0) return;
    const names = users.map(({ key }) => key).join(", ");
    throw new ClienteleError("coupons.poolInUse", `the pool ${id} is used by live price rules: ${names}`, {
      details: users.map(({ key }) => ({ path: `/rules/${key}`, code: "coupons.poolInUse", message: "is live" })),
    });
  };
  const filterOf = (poolId: string, { search, used }: CodeFilter) => ({
    poolId,
    startsWith: search === undefined ? undefined : normaliseCode(search).replaceAll("\0", ""),
    isUsed: used,
  });
  const withGuess = (job: GenerationJob, planned: number): Generation => ({
    ...job,
    guessRatio: Math.min(1, planned / alphabetSpace(job.spec)),
  });

  return {
    /** @throws {ClienteleError} `coupons.invalid` */
    create: async (given: { readonly ruleKey: string; readonly name: string; readonly createdBy: string }) => {
      const nowMs = clock.now();
      const pool: CouponPool = { id: newId(nowMs), createdAt: nowMs, archivedAt: null, ...given };
      await store.createPool(pool);
      return pool;
    },

    list: async (query: {
      readonly ruleKey?: string | undefined;
      /** Those put away in place of the others. */
      readonly archived?: boolean | undefined;
      readonly cursor?: string | undefined;
      readonly limit: number;
    }): Promise<Page<CouponPool>> => {
      const before = query.cursor === undefined ? undefined : decodeTimeCursor(query.cursor);
      const rows = await store.pools({ ruleKey: query.ruleKey, isArchived: query.archived, before }, query.limit + 1);
      return toPage(rows, query.limit, ({ createdAt, id }) => [createdAt, id]);
    },

    /** @throws {ClienteleError} `coupons.poolNotFound` */
    read: async (poolId: string): Promise<PoolDetail> => {
      const pool = await find(poolId);
      const planned = await jobs.planned(poolId);
      const generations = await jobs.jobsOf(poolId, listedJobs);
      return {
        ...pool,
        ...(await store.countCodes(poolId)),
        generations: generations.map((job) => withGuess(job, planned)),
      };
    },

    /**
     * Asks for codes; a job makes them.
     *
     * @throws {ClienteleError} `coupons.poolNotFound`, `coupons.poolArchived`, `coupons.spaceTooSmall` with the bound,
     * `coupons.invalid`
     */
    generate: async (poolId: string, given: NewGeneration, createdBy: string): Promise<Generation> => {
      const { id } = await findOpen(poolId);
      const spec = readSpec(given);
      const planned = (await jobs.planned(id)) + given.quantity;
      const { ratio } = checkSpec(spec, planned, given.maxGuessRatio);
      const nowMs = clock.now();
      const job: GenerationJob = {
        ...{ id: newId(nowMs), poolId: id, quantity: given.quantity, done: 0, status: "queued", error: null },
        spec: { ...spec, limit: given.limit ?? null, expires: given.expires ?? null },
        ...{ createdAt: nowMs, createdBy, finishedAt: null },
      };
      // Put away meanwhile, it takes none.
      if (!(await jobs.createJob(job))) await findOpen(id);
      return { ...job, guessRatio: ratio };
    },

    /** Stops a generation; the codes made so far stay. May be repeated. */
    cancel: async (poolId: string, jobId: string): Promise<Generation> => {
      const job = isUuid(jobId) ? await jobs.job(jobId) : undefined;
      if (job?.poolId !== poolId) throw new ClienteleError("coupons.jobNotFound", "there is no such generation");
      await jobs.cancel(jobId, clock.now());
      return withGuess((await jobs.job(jobId)) ?? job, await jobs.planned(poolId));
    },

    /** In order of the codes. `search` is the beginning of a code. */
    codes: async (
      poolId: string,
      query: CodeFilter & { readonly cursor?: string | undefined; readonly limit: number },
    ): Promise<Page<ListedCode>> => {
      await find(poolId);
      const [after] = query.cursor === undefined ? [] : (decodeCursor(query.cursor, 1) ?? [null]);
      if (after === null || typeof after === "number" || after?.includes("\0"))
        throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
      const rows = await store.codes({ ...filterOf(poolId, query), after, limit: query.limit + 1 });
      return toPage(rows, query.limit, ({ code }) => [code]);
    },

    importFile: async (poolId: string, file: Readable): Promise<ImportReport> => {
      const { id } = await findOpen(poolId);
      return importCodes(file, async (codes) => {
        const added = await store.addCodes(id, codes, clock.now());
        // Put away meanwhile, it takes none.
        if (added === 0) await findOpen(id);
        return added;
      });
    },

    exportFile: async (poolId: string, filter: CodeFilter, format: CodesFileFormat): Promise<AsyncGenerator<string>> =>
      writeCodesFile(store, filterOf((await find(poolId)).id, filter), format),

    /**
     * Puts a pool away: its codes open nothing, its generations stop. May be repeated, and undone.
     *
     * @throws {ClienteleError} `coupons.poolNotFound`, `coupons.poolInUse` with the live rules that use it
     */
    archive: async (poolId: string): Promise<CouponPool> => {
      const pool = await find(poolId);
      if (pool.archivedAt === null) assertUnused(pool);
      await store.setArchived(pool.id, clock.now());
      await jobs.cancelAll(pool.id, clock.now());
      return find(pool.id);
    },

    /** Brings an archived pool back with its codes. May be repeated. */
    unarchive: async (poolId: string): Promise<CouponPool> => {
      const { id } = await find(poolId);
      await store.setArchived(id, null);
      return find(id);
    },

    /**
     * Deletes an archived pool with all its codes, for good. What was used of them stays counted and reported. May be repeated when
     * it was cut off.
     *
     * @returns the pool as it was, and how many codes it had
     * @throws {ClienteleError} `coupons.poolNotFound`, `coupons.poolInUse`, `coupons.poolNotArchived`
     */
    delete: async (poolId: string): Promise<{ readonly pool: CouponPool; readonly deleted: number }> => {
      const pool = await find(poolId);
      const notArchived = () =>
        new ClienteleError("coupons.poolNotArchived", `the pool ${pool.id} is not archived: archive it first`);
      if (pool.archivedAt === null) {
        assertUnused(pool);
        throw notArchived();
      }
      let deleted = 0;
      for (;;) {
        const some = await store.deleteArchived(pool.id, deletedAtOnce);
        deleted += some;
        if (some < deletedAtOnce) break;
      }
      if (!(await store.deletePool(pool.id))) {
        await find(pool.id);
        throw notArchived();
      }
      return { pool, deleted };
    },

    /** Deletes the given codes. What was used of them stays counted. @returns how many there were */
    deleteCodes: async (poolId: string, codes: readonly string[]): Promise<number> => {
      const { id } = await find(poolId);
      return store.deleteCodes(id, codes.map(normaliseCode).filter(isCode));
    },

    /** Deletes all that match, step by step. @returns how many there were */
    deleteMatching: async (poolId: string, filter: CodeFilter & { readonly generation?: string | undefined }) => {
      const { id } = await find(poolId);
      let count = 0;
      for (;;) {
        const deleted = await store.deleteMatching(filterOf(id, filter), filter.generation, deletedAtOnce);
        count += deleted;
        if (deleted < deletedAtOnce) return count;
      }
    },
  };
}

function alphabetSpace(spec: CodeSpec): number {
  return Number(guessOf(spec, 1).space);
}

export type CouponPools = ReturnType<typeof createPools>;
