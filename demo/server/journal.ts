import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

// An append-only file of JSON lines. A record counts once `append` resolved: it is then on disk (fdatasync). Records
// written at the same time share one sync. A line that a crash cut off is removed at the next start; it was never
// acknowledged. Non-goal: compaction, a demo shop's file stays small.

type Journal = {
  /** Resolves when the record is on disk. Records keep the order of the calls. */
  append(record: object): Promise<void>;
  /** Waits for pending records and closes the file. */
  close(): Promise<void>;
};

type OpenedJournal = { readonly records: readonly unknown[]; readonly journal: Journal };

/** Complete lines of the file and the length in bytes that they take. */
function readLines(content: Buffer, path: string): { records: unknown[]; goodBytes: number } {
  const goodBytes = content.lastIndexOf(0x0a) + 1;
  const lines = content.subarray(0, goodBytes).toString("utf8").split("\n");
  lines.pop();
  const records = lines.map((line, index): unknown => {
    try {
      return JSON.parse(line);
    } catch (cause) {
      throw new Error(`line ${index + 1} of ${path} is damaged; restore the file or move it away`, { cause });
    }
  });
  return { records, goodBytes };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

type Waiting = { readonly line: string; readonly resolve: () => void; readonly reject: (cause: unknown) => void };

function createWriter(file: FileHandle, startBytes: number): Journal {
  let bytes = startBytes;
  let waiting: Waiting[] = [];
  let running: Promise<void> | null = null;
  let isClosed = false;

  const writeBatch = async (batch: readonly Waiting[]): Promise<void> => {
    const data = Buffer.from(batch.map(({ line }) => line).join(""), "utf8");
    try {
      await file.write(data, 0, data.length, bytes);
      await file.datasync();
      bytes += data.length;
      for (const { resolve } of batch) resolve();
    } catch (cause) {
      // Half a batch must not stay in front of the next one.
      await file.truncate(bytes).catch(() => undefined);
      for (const { reject } of batch) reject(cause);
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await writeBatch(batch);
    }
    running = null;
  };

  return {
    append: (record) =>
      new Promise((resolve, reject) => {
        if (isClosed) {
          reject(new Error("the shop's journal is closed"));
          return;
        }
        waiting.push({ line: `${JSON.stringify(record)}\n`, resolve, reject });
        running ??= run();
      }),
    close: async () => {
      isClosed = true;
      await running;
      await file.close();
    },
  };
}

/**
 * Opens or creates the file and reads what is in it.
 *
 * @throws when a line in the middle is damaged, which no crash of ours leaves behind
 */
export async function openJournal(path: string): Promise<OpenedJournal> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "a+", 0o600)
    .then((handle) => handle.close())
    .then(() => open(path, "r+"));
  try {
    const { records, goodBytes } = readLines(await file.readFile(), path);
    await file.truncate(goodBytes);
    await syncFolder(dirname(path));
    return { records, journal: createWriter(file, goodBytes) };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}
