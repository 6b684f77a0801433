// Where a text stands among the texts of the shop: tf-idf over stems, turned into 128 directions (ranking.md 3.1). Words that stand
// beside the same words lie close to each other, so texts may be alike without a word in common.
import type { WeightedWords } from "../search/index.ts";
import type { WordTable } from "./collect-words.ts";
import { normalise } from "./dot-products.ts";
import {
  addRow,
  loadRows,
  type PackedRows,
  packRows,
  readNumbers,
  type StoredRows,
  storeRows,
  writeNumbers,
} from "./packed-rows.ts";
import { type SparseRows, strongestDirections } from "./randomised-svd.ts";

export type TextSpace = {
  readonly size: number;
  readonly numberOf: ReadonlyMap<string, number>;
  /** By word: how much it says. */
  readonly idf: Float32Array;
  readonly rows: PackedRows;
};

/** As JSON keeps it. */
export type StoredTextSpace = {
  readonly words: readonly string[];
  readonly idf: string;
  readonly rows: StoredRows;
};

export const textDimensions = 128;
/** 30,000 words take 4 MB; rarer ones stand in too few texts to learn anything of. */
const maxWords = 30_000;
/** What a word of two or three texts means is a guess: of Icecat, `flashlight` (three products) was near to shavers. */
const leastDocuments = 4;
const maxDocumentShare = 0.5;
/** Words of a text that the space must know, by weight: of a text it mostly does not know, nothing can be said. */
const leastKnown = 0.6;

/**
 * Power of a direction's strength that it counts with. On the judged Icecat queries 0, 0.5 and 1 tell relevant from irrelevant
 * products with an AUC of 0.755, 0.749 and 0.732, but the lower ones mostly find the same words again, which is what the index does
 * already: of the fifty nearest to `earphones`, which few products say, 1 gives headphones throughout at 0.75 and more. And in a
 * small shop most directions are weak and chance.
 */
const sharpness = 1;
/** Directions that fewer texts or words support are chance. */
const supportOfDirection = 8;

const damped = (weight: number): number => Math.log1p(weight);

/** The words worth learning, by the number they get; -1 = left out. */
function chooseWords({ words, starts, columns }: WordTable) {
  const documents = new Uint32Array(words.length);
  for (const column of columns) documents[column] = (documents[column] ?? 0) + 1;
  const count = starts.length - 1;
  const most = Math.max(leastDocuments, count * maxDocumentShare);
  const chosen = Array.from(documents.keys())
    .filter((word) => (documents[word] ?? 0) >= leastDocuments && (documents[word] ?? 0) <= most)
    .sort((a, b) => (documents[b] ?? 0) - (documents[a] ?? 0) || a - b)
    .slice(0, maxWords);
  const places = new Int32Array(words.length).fill(-1);
  for (const [place, word] of chosen.entries()) places[word] = place;
  const idf = Float32Array.from(chosen, (word) => Math.log((1 + count) / (1 + (documents[word] ?? 0))) + 1);
  return { chosen, places, idf };
}

/** tf-idf of each text, each one long. */
function weigh(table: WordTable, places: Int32Array, idf: Float32Array): SparseRows {
  const count = table.starts.length - 1;
  const starts = new Uint32Array(count + 1);
  const columns = new Uint32Array(table.columns.length);
  const values = new Float32Array(table.columns.length);
  let to = 0;
  for (let row = 0; row < count; row += 1) {
    const from = to;
    for (let at = table.starts[row] ?? 0; at < (table.starts[row + 1] ?? 0); at += 1) {
      const place = places[table.columns[at] ?? 0] ?? -1;
      if (place < 0) continue;
      columns[to] = place;
      values[to] = damped(table.weights[at] ?? 0) * (idf[place] ?? 0);
      to += 1;
    }
    normalise(values, from, to - from);
    starts[row + 1] = to;
  }
  return { starts, columns: columns.slice(0, to), values: values.slice(0, to), columnCount: idf.length };
}

/** @returns the space, undefined when the texts have no two words in common to learn from */
export function learnTextSpace(table: WordTable, seed: number, size = textDimensions): TextSpace | undefined {
  const { chosen, places, idf } = chooseWords(table);
  if (chosen.length < 2) return undefined;
  const own = Math.min(
    size,
    Math.max(2, Math.floor(Math.min(chosen.length, table.starts.length - 1) / supportOfDirection)),
  );
  const { columns: directions, strengths } = strongestDirections(weigh(table, places, idf), own, { seed });
  const strongest = strengths[0] ?? 1;
  for (let at = 0; at < directions.length; at += 1)
    directions[at] = (directions[at] ?? 0) * ((strengths[at % own] ?? 0) / strongest) ** sharpness;
  return {
    size: own,
    numberOf: new Map(chosen.map((word, place) => [table.words[word] ?? "", place])),
    idf,
    rows: packRows(directions, own),
  };
}

/** The vector of a text, one long; undefined where the space knows too little of its words. */
export function placeText(space: TextSpace, words: WeightedWords, known = leastKnown): Float32Array | undefined {
  const vector = new Float32Array(space.size);
  let [all, found] = [0, 0];
  const unknownIdf = space.idf.at(-1) ?? 1;
  for (const [word, weight] of words) {
    const number = space.numberOf.get(word);
    const idf = number === undefined ? unknownIdf : (space.idf[number] ?? 0);
    const value = damped(weight) * idf;
    all += value;
    if (number === undefined) continue;
    found += value;
    addRow(space.rows, number, value, vector);
  }
  return all > 0 && found >= known * all && normalise(vector, 0, space.size) ? vector : undefined;
}

export function storeTextSpace({ numberOf, idf, rows }: TextSpace): StoredTextSpace {
  return { words: [...numberOf.keys()], idf: writeNumbers(idf), rows: storeRows(rows) };
}

export function loadTextSpace({ words, idf, rows }: StoredTextSpace): TextSpace {
  return {
    size: rows.width,
    numberOf: new Map(words.map((word, number) => [word, number])),
    idf: readNumbers(idf),
    rows: loadRows(rows),
  };
}
