import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines([]);
}, 60_000);
afterAll(() => engines.close());

function filesWith(text: string, folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

it("leaves no bytes of deleted rows in any file of the embedded engine, log files kept for reuse included", async () => {
  const { postgres, dataDir } = engines;
  const folder = join(dataDir, "postgres");
  await postgres.query("create table notes (id int primary key, text text not null, body jsonb not null)");
  await postgres.query("create index notes_text_idx on notes (text)");
  // Enough log for several files, so that a checkpoint keeps some for reuse.
  for (let round = 0; round < 8; round += 1) {
    await postgres.query(
      `insert into notes select n, 'canary-' || n || repeat(md5(n::text), 20), jsonb_build_object('x', repeat('canary' || n, 400))
       from generate_series($1::int, $2::int) n`,
      [round * 4000, round * 4000 + 3999],
    );
  }
  await postgres.query("analyze notes");
  await postgres.query("checkpoint");
  await postgres.query("delete from notes where id > 0");
  await postgres.query("update notes set text = 'kept', body = '{}'");
  await postgres.query("checkpoint");
  expect(filesWith("canary", folder).length).toBeGreaterThan(2);

  await postgres.scrub(["notes", "no_such_table"]);

  expect(filesWith("canary", folder)).toEqual([]);
  expect((await postgres.query("select id, text from notes")).rows).toEqual([{ id: 0, text: "kept" }]);
  // The engine goes on writing.
  await postgres.query("insert into notes select n, 'more', '{}' from generate_series(1, 1000) n");
  await postgres.query("checkpoint");
  await postgres.scrub(["notes"]);
  expect((await postgres.query<{ n: number }>("select count(*) as n from notes")).rows[0]?.n).toBe(1001);
});
