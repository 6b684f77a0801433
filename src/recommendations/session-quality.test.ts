import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inData } from "../testing/folders.ts";
import { createNextItems } from "./learners/index.ts";

const folder = inData("sessions");
const isThere = existsSync(join(folder, "retailrocket_train.txt.gz"));
if (!isThere) console.info("session quality: skipped, no sessions folder in CLIENTELE_DATA (default ../shared/data)");

/** Sessions in time order; the first 95 % are learned, of the rest every `step`-th session is predicted click by click. */
function hitRate(file: string, step: number): { readonly hitRate: number; readonly mrr: number } {
  const lines = gunzipSync(readFileSync(join(folder, file)))
    .toString("utf8")
    .trim()
    .split("\n");
  const sessions = lines.map((line) => line.trim().split(/[\s,]+/));
  const cut = Math.floor(sessions.length * 0.95);
  const index = createNextItems(sessions.slice(0, cut).map((items) => ({ items })));
  let [clicks, hits, reciprocal] = [0, 0, 0];
  for (let at = cut; at < sessions.length; at += step) {
    const session = sessions[at]!;
    for (let click = 1; click < session.length; click += 1) {
      const best = index.next(session.slice(0, click), 20);
      const rank = best.findIndex(({ item }) => item === session[click]);
      clicks += 1;
      if (rank < 0) continue;
      hits += 1;
      reciprocal += 1 / (rank + 1);
    }
  }
  return { hitRate: hits / clicks, mrr: reciprocal / clicks };
}

describe.skipIf(!isThere)("next items on real shop sessions", () => {
  it.each([
    { file: "retailrocket_train.txt.gz", leastHits: 0.55, leastMrr: 0.315 },
    { file: "diginetica_train.txt.gz", leastHits: 0.555, leastMrr: 0.195 },
  ])(
    "hit the next click within 20 in $file",
    ({ file, leastHits, leastMrr }) => {
      const { hitRate: hits, mrr } = hitRate(file, 20);
      console.info(`${file}: HR@20 ${hits.toFixed(3)}, MRR@20 ${mrr.toFixed(3)}`);
      expect(hits).toBeGreaterThan(leastHits);
      expect(mrr).toBeGreaterThan(leastMrr);
    },
    30_000,
  );
});
