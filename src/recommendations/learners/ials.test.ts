import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldIn, type IalsSettings, learnIals, scoresOf, type Vectors } from "./ials.ts";
import { activeItems, onlyItems, type PersonItems, transpose } from "./person-items.ts";
import { solvePositive } from "./solve-positive.ts";

/** Rows of people: item → value, 0 = nothing. */
function tableOf(rows: readonly (readonly number[])[]): PersonItems {
  const cells = rows.map((row) => row.flatMap((value, item) => (value > 0 ? [[item, value] as const] : [])));
  const starts = [0];
  for (const row of cells) starts.push((starts.at(-1) ?? 0) + row.length);
  return {
    itemCount: rows[0]?.length ?? 0,
    starts: Int32Array.from(starts),
    items: Int32Array.from(cells.flat().map(([item]) => item)),
    values: Float32Array.from(cells.flat().map(([, value]) => value)),
  };
}

const settings: IalsSettings = {
  ...{ dimensions: 6, regularisation: 0.02, unobserved: 0.1, frequencyScale: 1, epochs: 8, block: 4, seed: 3 },
};
const at = (vectors: Vectors, row: number, k: number) => vectors[row * settings.dimensions + k] ?? 0;
const product = (a: Vectors, rowA: number, b: Vectors, rowB: number) =>
  Array.from({ length: settings.dimensions }, (_, k) => at(a, rowA, k) * at(b, rowB, k)).reduce((x, y) => x + y, 0);

/** The formula as it stands in ranking.md 5.4, cell by cell. */
function lossOf(rows: readonly (readonly number[])[], people: Vectors, items: Vectors): number {
  const itemCount = rows[0]?.length ?? 0;
  let loss = 0;
  const square = (vectors: Vectors, row: number) => product(vectors, row, vectors, row);
  for (const [person, row] of rows.entries()) {
    for (const [item, value] of row.entries()) {
      const p = product(people, person, items, item);
      loss += value * (1 - p) ** 2 + settings.unobserved * p ** 2;
    }
    const cost = row.filter((value) => value > 0).length + settings.unobserved * itemCount;
    loss += settings.regularisation * cost ** settings.frequencyScale * square(people, person);
  }
  for (let item = 0; item < itemCount; item += 1) {
    const cost = rows.filter((row) => (row[item] ?? 0) > 0).length + settings.unobserved * rows.length;
    loss += settings.regularisation * cost ** settings.frequencyScale * square(items, item);
  }
  return loss;
}

/** The best vector of a person, from all cells at once: (Σ c v vᵀ + α0 Σ v vᵀ + cost) u = Σ c v, by Gauss. */
function denseVector(row: readonly number[], items: Vectors): readonly number[] {
  const { dimensions, unobserved, regularisation } = settings;
  const cost = regularisation * (row.filter((value) => value > 0).length + unobserved * row.length);
  const system = Array.from({ length: dimensions }, (_, a) => [
    ...Array.from({ length: dimensions }, (_value, b) =>
      row.reduce(
        (sum, value, item) => sum + (value + unobserved) * at(items, item, a) * at(items, item, b),
        a === b ? cost : 0,
      ),
    ),
    row.reduce((sum, value, item) => sum + value * at(items, item, a), 0),
  ]);
  for (const [pivot, line] of system.entries()) {
    for (const [other, target] of system.entries()) {
      if (other === pivot) continue;
      const factor = target[pivot]! / line[pivot]!;
      for (let column = 0; column <= dimensions; column += 1) target[column]! -= factor * line[column]!;
    }
  }
  return system.map((line, a) => line[dimensions]! / line[a]!);
}

const rowsOf: fc.Arbitrary<readonly (readonly number[])[]> = fc.array(
  fc.array(fc.constantFrom(0, 0, 0, 0.7, 1.6), { minLength: 7, maxLength: 7 }),
  { minLength: 3, maxLength: 12 },
);

describe("iALS", () => {
  it("lessens its loss in every epoch", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const losses: number[] = [];
        learnIals(tableOf(rows), settings, (people, items) => losses.push(lossOf(rows, people, items)));
        for (const [epoch, loss] of losses.entries())
          expect(loss).toBeLessThanOrEqual((losses[epoch - 1] ?? Number.POSITIVE_INFINITY) * (1 + 1e-5) + 1e-5);
        expect(losses).toHaveLength(settings.epochs);
      }),
      { numRuns: 30 },
    );
  });

  it("gives people the vectors that the dense equations give", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        let itemsBefore = new Float32Array();
        let found = new Float32Array();
        // One block: a step is then the whole solution. The last epoch moves people by the items of the one before.
        const whole = { ...settings, block: 128 };
        learnIals(tableOf(rows), { ...whole, epochs: 3 }, (_, items) => {
          itemsBefore = items.slice();
        });
        learnIals(tableOf(rows), { ...whole, epochs: 4 }, (people) => {
          found = people.slice();
        });
        for (const [person, row] of rows.entries())
          for (const [k, value] of denseVector(row, itemsBefore).entries())
            expect(at(found, person, k)).toBeCloseTo(value, 3);
      }),
      { numRuns: 30 },
    );
  });

  it("folds somebody in as if they had been there", () => {
    const rows = [
      [1, 1, 0, 0, 0, 0, 0],
      [1, 1, 0.7, 0, 0, 0, 0],
      [0, 0, 0, 1, 1, 0.7, 0],
      [0, 0, 0, 1, 1, 0, 0.7],
    ];
    let people = new Float32Array();
    const model = learnIals(tableOf(rows), { ...settings, epochs: 60 }, (vectors) => {
      people = vectors.slice();
    });
    for (const [person, row] of rows.entries()) {
      const indexes = Int32Array.from(row.keys()).filter((item) => (row[item] ?? 0) > 0);
      const vector = foldIn(
        model,
        indexes,
        Float32Array.from(indexes, (item) => row[item] ?? 0),
      );
      // After so many epochs vectors stand still: the trained row is the best answer to the final items.
      for (let k = 0; k < settings.dimensions; k += 1) expect(vector[k]).toBeCloseTo(at(people, person, k), 2);
    }
    const scores = scoresOf(model, foldIn(model, Int32Array.of(0), Float32Array.of(1)));
    expect(scores[1]).toBeGreaterThan(Math.max(...scores.subarray(3)));
  });

  it("learns the same again, and something else with another seed", () => {
    const table = tableOf([
      [1, 1, 0],
      [0, 1, 1],
    ]);
    expect(learnIals(table, settings).items).toEqual(learnIals(table, settings).items);
    expect(learnIals(table, { ...settings, seed: 4 }).items).not.toEqual(learnIals(table, settings).items);
  });

  it("takes people without anything and nobody at all", () => {
    expect(learnIals(tableOf([[0, 0]]), settings).itemCount).toBe(2);
    expect(learnIals(tableOf([]), settings).itemCount).toBe(0);
    const vector = foldIn(learnIals(tableOf([[1, 0]]), settings), new Int32Array(), new Float32Array());
    expect([...vector]).toEqual(Array.from({ length: settings.dimensions }, () => 0));
  });
});

describe("tables of people", () => {
  it("read the same by people and by items", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const turned = rows[0]!.map((_, item) => rows.map((row) => row[item] ?? 0));
        expect(transpose(tableOf(rows))).toEqual(tableOf(turned));
        expect(transpose(transpose(tableOf(rows)))).toEqual(tableOf(rows));
      }),
    );
  });

  it("keep the items of the most people, and leave out whoever is left with nothing", () => {
    const table = tableOf([
      [1, 0, 0, 2],
      [1, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 1, 0, 1],
    ]);
    expect([...activeItems(table, 2, 10)]).toEqual([0, 1, 3]);
    expect([...activeItems(table, 2, 2)]).toEqual([0, 1]);
    expect(onlyItems(table, Int32Array.of(0, 3))).toEqual(
      tableOf([
        [1, 2],
        [1, 0],
        [0, 1],
      ]),
    );
  });
});

it("a matrix that is not positive definite is refused", () => {
  expect(() => solvePositive(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1), 2)).toThrow("positive definite");
});
