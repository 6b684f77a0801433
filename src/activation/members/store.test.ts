import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAudienceStore } from "../../audiences/index.ts";
import { newId } from "../../kernel/index.ts";
import type { Sql } from "../../storage/index.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { type Change, createChangeStore, type Position } from "./store.ts";

const start: Position = { position: 0, id: 0 };
const at = Date.parse("2026-03-10T12:00:00Z");

describe.each(["embedded", "server"] as const)("entries and exits on %s PostgreSQL", (postgres) => {
  let engines: TestEngines;
  let store: ReturnType<typeof createChangeStore>;
  let write: (tx: Sql, audienceId: string, profileIds: readonly string[], entered?: boolean) => Promise<void>;
  beforeAll(async () => {
    engines = await openTestEngines(["audiences"], { postgres });
    store = createChangeStore(engines.postgres);
    const audiences = createAudienceStore(engines.postgres);
    write = (tx, audienceId, profileIds, entered = true) =>
      audiences.writeTransitions(
        tx,
        profileIds.map((profileId) => ({ profileId, audienceId, version: 1, entered, reasonLeaf: null, at })),
      );
  }, 60_000);
  afterAll(() => engines.close());
  const writeAlone = (audienceId: string, ids: readonly string[], entered = true) =>
    engines.postgres.transaction((tx) => write(tx, audienceId, ids, entered));
  const people = (count: number) => Array.from({ length: count }, () => newId());

  async function follow(audienceId: string, limit: number): Promise<readonly Change[]> {
    const all: Change[] = [];
    for (let after = start; ; ) {
      const page = await store.changes(audienceId, after, limit);
      all.push(...page);
      const last = page.at(-1);
      if (!last) return all;
      after = last;
    }
  }

  it("come in order, in pages of any size, each once, and those of other audiences not at all", async () => {
    const [audience, other, ids] = [newId(), newId(), people(7)];
    await writeAlone(audience, ids.slice(0, 4));
    await writeAlone(other, people(3));
    await writeAlone(audience, ids.slice(4));
    await writeAlone(audience, ids.slice(0, 1), false);
    for (const limit of [1, 3, 100]) {
      const found = await follow(audience, limit);
      expect(found.map(({ profileId, entered }) => [profileId, entered])).toEqual([
        ...ids.map((id) => [id, true]),
        [ids[0], false],
      ]);
    }
    expect(await store.changes(audience, await store.now(), 10)).toEqual([]);
  });

  it("go on behind the stored ones when the rows were loaded into another server", async () => {
    const audience = newId();
    await engines.postgres.query(
      "insert into audience_backfills (audience_id, version, status, done, total, updated_at) values ($1, 1, 'live', 0, 0, now())",
      [audience],
    );
    const [before, after] = [people(1), people(1)];
    await writeAlone(audience, before);
    await engines.postgres.query(
      "update audience_transitions set position = position + 1000000 where audience_id = $1",
      [audience],
    );
    expect(await follow(audience, 10)).toEqual([]);
    await store.keepGrowing();
    await store.keepGrowing();
    await writeAlone(audience, after);
    expect((await follow(audience, 10)).map(({ profileId }) => profileId)).toEqual([...before, ...after]);
  });

  it.runIf(postgres === "server")(
    "are held back behind a writer that is not done, however ids were given",
    async () => {
      const audience = newId();
      const [slow, fast] = [people(2), people(2)];
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let wrote = (): void => undefined;
      const hasWritten = new Promise<void>((resolve) => {
        wrote = resolve;
      });
      const slowWriter = engines.postgres.transaction(async (tx) => {
        await write(tx, audience, slow);
        wrote();
        await released;
      });
      await hasWritten;
      await writeAlone(audience, fast);
      // The higher ids are there already; who read them now would never see the lower ones.
      const visible = await engines.postgres.query("select 1 from audience_transitions where audience_id = $1", [
        audience,
      ]);
      expect(visible.rowCount).toBe(2);
      const early = await store.changes(audience, start, 100);
      expect(early).toEqual([]);
      const now = await store.now();
      release();
      await slowWriter;
      const found = await follow(audience, 1);
      expect(found.map(({ profileId }) => profileId)).toEqual([...slow, ...fast]);
      // Neither are they behind a place that was asked for meanwhile.
      expect((await store.changes(audience, now, 100)).map(({ profileId }) => profileId)).toEqual([...slow, ...fast]);
    },
  );

  it.runIf(postgres === "server")("miss and repeat nothing while many write", async () => {
    const audience = newId();
    const seen: string[] = [];
    let isDone = false;
    const reader = (async () => {
      let after = start;
      for (let last = false; ; ) {
        const page = await store.changes(audience, after, 7);
        seen.push(...page.map(({ profileId }) => profileId));
        after = page.at(-1) ?? after;
        if (page.length === 0 && last) return;
        last = isDone;
      }
    })();
    const written: string[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 15; round += 1) {
          const ids = people(3);
          await engines.postgres.transaction(async (tx) => {
            await write(tx, audience, ids.slice(0, 1));
            await tx.query("select pg_sleep(random() * 0.01)");
            await write(tx, audience, ids.slice(1));
          });
          written.push(...ids);
        }
      }),
    );
    isDone = true;
    await reader;
    expect(seen.length).toBe(360);
    expect(new Set(seen)).toEqual(new Set(written));
  });
});
