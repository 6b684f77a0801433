// Copies as files: changes one file a delivery, a full copy in parts that count once their manifest is there. A file of
// changes is never written twice: what was perhaps told before a crash is told again under new numbers.
//
//   changes/000000000042.ndjson
//   snapshots/<run>/part-000001.ndjson …, snapshots/<run>/manifest.json, latest.json
import { judgeFailure, type SendResult } from "../../connectors/index.ts";
import type { FileFormat } from "../syncs/sync.ts";
import { contentTypeOf, encodeChanges, extensionOf } from "./encode-changes.ts";
import type { Target, ToldChange } from "./target.ts";

/** Writes a file whole or not at all. */
export type WriteFile = (name: string, body: Buffer, contentType: string, signal: AbortSignal) => Promise<void>;

const digits = (number: number, width: number) => String(number).padStart(width, "0");
const sequenceWidth = 12;
const partWidth = 6;

export function createFileTarget(format: FileFormat, write: WriteFile): Target {
  const extension = extensionOf(format);
  const attempt = async (work: () => Promise<void>): Promise<SendResult> => {
    try {
      await work();
      return { kind: "done" };
    } catch (error) {
      // A place refuses files, not lines: whatever it says is about the place.
      return judgeFailure(error);
    }
  };
  const put = async (name: string, changes: readonly ToldChange[], audience: string, signal: AbortSignal) => {
    if (changes.length > 0)
      await write(`${name}.${extension}`, encodeChanges(changes, audience, format), contentTypeOf(format), signal);
  };
  return {
    send: (changes, { audience, snapshot, signal }) =>
      attempt(async () => {
        const first = digits(changes[0]?.sequence ?? 0, sequenceWidth);
        // A full copy has no exits; who follows the changes needs them all the same.
        const parted = snapshot ? changes.filter(({ op }) => op === "entered") : [];
        const told = snapshot ? changes.filter(({ op }) => op === "exited") : changes;
        await put(`changes/${first}`, told, audience.key, signal);
        if (snapshot)
          await put(
            `snapshots/${snapshot.runId}/part-${digits(snapshot.part, partWidth)}`,
            parted,
            audience.key,
            signal,
          );
      }),
    finish: ({ runId, parts, fromSequence, audience, at, signal }) =>
      attempt(async () => {
        const manifest = Buffer.from(
          `${JSON.stringify({ runId, audience, parts, format, fromSequence, finishedAt: new Date(at).toISOString(), folder: `snapshots/${runId}/` })}\n`,
        );
        await write(`snapshots/${runId}/manifest.json`, manifest, "application/json", signal);
        await write("latest.json", manifest, "application/json", signal);
      }),
    close: async () => undefined,
  };
}
