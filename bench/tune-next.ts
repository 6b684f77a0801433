// Fits the default weights of the next-item learner on the newest tenth of each training part, learned from what is before:
// node --import tsx bench/tune-next.ts [data folder]. Never looks at the last tenth, which clientele bench recommend measures.
import { join } from "node:path";
import { fitWeights } from "../src/recommendations/learners/fit-weights.ts";
import { learnNext } from "../src/recommendations/learners/index.ts";
import { featureNames } from "../src/recommendations/learners/next-features.ts";
import { choicesOf } from "../src/recommendations/learners/next-items.ts";
import { readLog } from "./lib/recommend-data.ts";

const files = ["diginetica_train.txt.gz", "retailrocket_train.txt.gz", "yoochoose100k_train.csv.gz"];
const choicesEach = 4_000;

const data = process.argv[2] ?? "../shared/data";
const choices = files.flatMap((file) => {
  const log = readLog(join(data, "sessions", file));
  if (log.kind !== "sessions") throw new Error(`${file} holds no sessions`);
  const at = (share: number) => Math.floor(log.sessions.length * share);
  return choicesOf(learnNext(log.sessions.slice(0, at(0.8))), log.sessions.slice(at(0.8), at(0.9)), choicesEach);
});
const weights = fitWeights(choices, new Float64Array(featureNames.length));
for (const [at, name] of featureNames.entries()) console.log(`${name}: ${(weights[at] ?? 0).toFixed(2)}`);
