import { PassThrough, Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { Person } from "../profiles/index.ts";
import type { PrivacyParticipant } from "./participant.ts";
import type { SweepStore } from "./store-sweep.ts";

export type ExportDeps = {
  readonly participants: readonly PrivacyParticipant[];
  readonly sweep: SweepStore;
  readonly now: () => number;
};

type ExportFile = { readonly file: string; readonly rows: (person: Person) => AsyncIterable<object> };

/** Rows as lines, counted while they pass. */
async function* toLines(rows: AsyncIterable<object>, counted: (rows: number) => void): AsyncGenerator<string> {
  let count = 0;
  for await (const row of rows) {
    count += 1;
    yield `${JSON.stringify(row)}\n`;
  }
  counted(count);
}

/**
 * Everything that is kept of a person, as one ZIP of NDJSON files and a `manifest.json` with the number of rows of each.
 *
 * Streaming: a file's rows are read while it is written, so memory does not grow with the person's history. A failure ends the
 * stream with its error.
 */
export async function exportPerson(person: Person, { participants, sweep, now }: ExportDeps): Promise<Readable> {
  const others = (await sweep.tables()).map(
    (table): ExportFile => ({ file: `tables/${table.name}`, rows: (of) => sweep.rows(table, of) }),
  );
  const files = [...participants.flatMap((participant) => participant.exports ?? []), ...others];
  const zip = new ZipFile();
  const rowsByFile: Record<string, number> = {};
  const output = new PassThrough();
  zip.outputStream.pipe(output);
  const fail = (error: Error): void => {
    output.destroy(error);
  };
  zip.on("error", fail);
  for (const { file, rows } of files) {
    const name = `${file}.ndjson`;
    zip.addReadStreamLazy(name, (give) => {
      const lines = Readable.from(
        toLines(rows(person), (count) => {
          rowsByFile[name] = count;
        }),
      );
      lines.on("error", fail);
      give(null, lines);
    });
  }
  zip.addReadStreamLazy("manifest.json", (give) => {
    const manifest = { profileIds: person.profileIds, exportedAt: new Date(now()).toISOString(), rows: rowsByFile };
    give(null, Readable.from([`${JSON.stringify(manifest, null, 2)}\n`]));
  });
  zip.end();
  return output;
}
