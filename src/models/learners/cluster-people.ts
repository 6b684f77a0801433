// k-means with k-means++ seeding: people on one scale each feature, grouped around centres. The same seed gives the same groups.
import { createRandom, sampleIndexes } from "../../kernel/index.ts";
import type { Columns } from "../trees/bin-features.ts";

/** JSON of the groups. */
export type ClusterModel = {
  readonly format: 1;
  readonly features: readonly string[];
  /** Mean and deviation of each feature after the logarithm; no value counts as `missing`. */
  readonly scale: readonly {
    readonly isLog: boolean;
    readonly mean: number;
    readonly deviation: number;
    readonly missing: number;
  }[];
  /** By cluster, on the common scale. */
  readonly centres: readonly (readonly number[])[];
  /** Stable names `c1`, `c2`…, which the same people keep from version to version. */
  readonly ids: readonly string[];
};

const maxRounds = 60;
const restarts = 4;
const maxFitRows = 20_000;

function logOf(value: number, isLog: boolean): number {
  return isLog ? Math.sign(value) * Math.log1p(Math.abs(value)) : value;
}

/** A person on the common scale, within four deviations. */
export function scaledRow({ scale }: Pick<ClusterModel, "scale">, read: (feature: number) => number): Float64Array {
  return Float64Array.from(scale, ({ isLog, mean, deviation, missing }, feature) => {
    const raw = read(feature);
    const value = Number.isNaN(raw) ? missing : logOf(raw, isLog);
    return Math.max(-4, Math.min(4, (value - mean) / deviation));
  });
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += ((a[at] as number) - (b[at] as number)) ** 2;
  return sum;
}

/** Place of the nearest centre. */
export function nearestCentre(centres: readonly ArrayLike<number>[], row: ArrayLike<number>): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let at = 0; at < centres.length; at += 1) {
    const distance = squaredDistance(centres[at] ?? [], row);
    if (distance < least) [best, least] = [at, distance];
  }
  return best;
}

function seedCentres(rows: readonly Float64Array[], k: number, random: () => number): Float64Array[] {
  const first = rows[Math.floor(random() * rows.length)];
  const centres = first ? [first.slice()] : [];
  const nearest = rows.map((row) => squaredDistance(row, centres[0] ?? row));
  while (centres.length < k && centres.length < rows.length) {
    const total = nearest.reduce((sum, each) => sum + each, 0);
    let point = random() * total;
    let chosen = nearest.findIndex((distance) => {
      point -= distance;
      return point < 0;
    });
    if (chosen < 0) chosen = nearest.indexOf(Math.max(...nearest.slice(0, 1_000)));
    const centre = (rows[Math.max(0, chosen)] ?? new Float64Array()).slice();
    centres.push(centre);
    for (const [at, row] of rows.entries()) nearest[at] = Math.min(nearest[at] ?? 0, squaredDistance(row, centre));
  }
  return centres;
}

/** Lloyd's rounds until nobody moves. @returns centres and the sum of squared distances */
export function groupRows(rows: readonly Float64Array[], k: number, random: () => number) {
  let centres = seedCentres(rows, k, random);
  let spread = Number.POSITIVE_INFINITY;
  for (let round = 0; round < maxRounds; round += 1) {
    const sums = centres.map((centre) => new Float64Array(centre.length));
    const counts = centres.map(() => 0);
    let total = 0;
    for (const row of rows) {
      const group = nearestCentre(centres, row);
      total += squaredDistance(centres[group] ?? row, row);
      counts[group] = (counts[group] ?? 0) + 1;
      const sum = sums[group];
      if (sum) for (let at = 0; at < row.length; at += 1) sum[at] = (sum[at] ?? 0) + (row[at] ?? 0);
    }
    centres = centres.map((centre, group) =>
      (counts[group] ?? 0) === 0 ? centre : (sums[group]?.map((sum) => sum / (counts[group] ?? 1)) ?? centre),
    );
    if (spread - total < 1e-9 * Math.max(1, total)) break;
    spread = total;
  }
  return { centres, spread };
}

function scaleOf(column: Float64Array, isLog: boolean): ClusterModel["scale"][number] {
  const values = column.map((value) => logOf(value, isLog)).filter((value) => !Number.isNaN(value));
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  // Without a value = as if it were the middle one: only what is known tells people apart.
  return { isLog, mean, deviation: Math.max(1e-6, Math.sqrt(variance)), missing: mean };
}

/** Names of the groups: each keeps the name of the nearest former centre that nobody else took. */
function nameCentres(
  centres: readonly Float64Array[],
  former: ClusterModel | undefined,
  sameScale: boolean,
): readonly string[] {
  const names = new Array<string>(centres.length).fill("");
  if (former && sameScale) {
    const pairs = centres
      .flatMap((centre, at) => former.centres.map((old, was) => ({ at, was, distance: squaredDistance(centre, old) })))
      .sort((a, b) => a.distance - b.distance || a.at - b.at || a.was - b.was);
    const taken = new Set<number>();
    for (const { at, was } of pairs) {
      if (names[at] !== "" || taken.has(was)) continue;
      names[at] = former.ids[was] ?? "";
      taken.add(was);
    }
  }
  const used = new Set([...names, ...(former?.ids ?? [])]);
  let next = 1;
  return names.map((name) => {
    if (name !== "") return name;
    while (used.has(`c${next}`)) next += 1;
    used.add(`c${next}`);
    return `c${next}`;
  });
}

/** Groups people. @param former version whose names live on */
export function fitClusters(
  columns: Columns,
  features: readonly string[],
  isLog: readonly boolean[],
  k: number,
  seed: number,
  former?: ClusterModel,
): ClusterModel & {
  /** Share of all differences between people that the groups explain, 0..1. */ readonly explained: number;
} {
  const random = createRandom(seed);
  const scale = columns.map((column, feature) => scaleOf(column, isLog[feature] ?? false));
  const places = sampleIndexes(columns[0]?.length ?? 0, maxFitRows, random);
  const rows = Array.from(places, (row) => scaledRow({ scale }, (feature) => columns[feature]?.[row] ?? Number.NaN));
  let best = groupRows(rows, k, random);
  for (let again = 1; again < restarts; again += 1) {
    const other = groupRows(rows, k, random);
    if (other.spread < best.spread) best = other;
  }
  const middle = groupRows(rows, 1, random);
  const sameScale = former !== undefined && former.features.join() === features.join();
  return {
    format: 1,
    features,
    scale,
    centres: best.centres.map((centre) => [...centre]),
    ids: nameCentres(best.centres, former, sameScale),
    explained: middle.spread === 0 ? 0 : 1 - best.spread / middle.spread,
  };
}
