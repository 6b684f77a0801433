import { languageOf } from "./languages.ts";
import { isUnspaced, piecesOf } from "./scripts.ts";
import { unitBySpelling } from "./units.data.ts";

// Text → terms, the same chain for products and queries: fold (NFKD, marks stripped, lower case), cut into runs of
// letters and digits, then add beside each whole token its letter and digit parts, its surface form when the stem
// differs, and one normal form for "number + unit". Positions are kept so that highlights can point into the text.

/** One run of letters and digits of a folded text. */
export type Token = {
  /** As written, folded. */
  readonly surface: string;
  /** The stem: what is looked up. */
  readonly term: string;
  /** Letter and digit runs of a mixed token (`12v`: 12, v); empty for a plain one. */
  readonly parts: readonly string[];
  /** `15in` for `15 inch`; set on the first token of the measure. */
  readonly measure: string | undefined;
  /** Tokens the measure spans, from this one; 0 without a measure. */
  readonly measureSpan: number;
  /** Offset in the folded text. */
  readonly start: number;
  readonly end: number;
};

export type Analyzer = {
  /** Cuts a text into tokens. */
  readonly tokens: (text: string) => readonly Token[];
  /** Calls `emit` for each index term of a text, and returns the length of the text in tokens. */
  readonly indexTerms: (text: string, emit: (term: string) => void) => number;
  readonly isStopWord: (surface: string) => boolean;
  readonly stem: (word: string) => string;
  /** Writes compounds as one word: a word also finds those that end with it. */
  readonly hasCompounds: boolean;
};

export type AnalyzerOptions = {
  /** Language of the texts, e.g. `de-AT`; default English. */
  readonly locale?: string;
};

// Marks belong to words: vowels of Indian and Thai scripts are marks.
const wordCharacter = /^[\p{L}\p{N}\p{M}]$/u;
/** Accents, and the vowel points of Hebrew and Arabic: what people leave out when they type. */
const accents = /[\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670]+/g;
const partPattern = /\p{N}+|\p{L}+/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the fast path is exactly the ASCII range
const nonAscii = /[^\x00-\x7f]/;
// Letters that NFKD leaves whole and that people type without their stroke.
const letterReplacements: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ł: "l",
  ı: "i",
};

/** Lower case without accents: `Crème Brûlée` is `creme brulee`. Inch signs become `"`. */
export function foldText(text: string): string {
  if (!nonAscii.test(text)) return text.toLowerCase();
  return text
    .replace(/[″”“]/g, '"')
    .replace(/[’ʼ]/g, "'")
    .normalize("NFKD")
    .replace(accents, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/[ßæœøđłı]/g, (letter) => letterReplacements[letter] ?? letter);
}

/** Letters and digits only: how SKUs are compared (`24-MB01` is `24mb01`). */
export function joinLettersAndDigits(text: string): string {
  return foldText(text).replace(/[^\p{L}\p{N}]+/gu, "");
}

/** True when a word holds a digit: model numbers, sizes and measures are never spelling mistakes. */
export function hasDigit(word: string): boolean {
  return /\p{N}/u.test(word);
}

type Run = { text: string; start: number; end: number };

// Whether a UTF-16 unit belongs to a word: 0 = not yet asked. A table, because asking the pattern for each character of a
// catalog took a third of the time of a build.
const wordUnits = new Uint8Array(65_536);
const notWord = 1;
const inWord = 2;

/** Units of the character at `at` when it is a letter or digit, else 0. */
function wordUnitsAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit >= 0xd800 && unit < 0xdc00)
    return wordCharacter.test(String.fromCodePoint(text.codePointAt(at) ?? unit)) ? 2 : 0;
  let kind = wordUnits[unit];
  if (kind === 0) {
    kind = wordCharacter.test(text[at] ?? "") ? inWord : notWord;
    wordUnits[unit] = kind;
  }
  return kind === inWord ? 1 : 0;
}

function pushRun(runs: Run[], text: string, at: number): void {
  if (!isUnspaced(text)) runs.push({ text, start: at, end: at + text.length });
  else
    for (const { text: piece, start } of piecesOf(text))
      runs.push({ text: piece, start: at + start, end: at + start + piece.length });
}

function runsOf(folded: string): Run[] {
  const runs: Run[] = [];
  const { length } = folded;
  for (let at = 0; at < length; ) {
    let end = at;
    for (let step = wordUnitsAt(folded, end); step > 0 && end < length; step = wordUnitsAt(folded, end)) end += step;
    if (end === at) {
      at += 1;
      continue;
    }
    const previous = runs[runs.length - 1];
    // "men's" is one word: the shopper who types mens means it.
    if (end === at + 1 && folded[at] === "s" && previous && at === previous.end + 1 && folded[previous.end] === "'") {
      previous.text += "s";
      previous.end = end;
    } else pushRun(runs, folded.slice(at, end), at);
    at = end;
  }
  return runs;
}

const digitsOnly = /^\p{N}+$/u;
const numberThenUnit = /^(\p{N}+)(\p{L}+)$/u;

/**
 * The words of a text as the vocabulary spells them: lower case, without accents and signs, not stemmed;
 * `Men's Tee-Shirt` is mens, tee, shirt. Cut at 1,000 characters.
 */
export function normaliseWords(text: string): readonly string[] {
  return runsOf(foldText(text.slice(0, 1_000))).map((run) => run.text);
}

type Measure = { form: string; span: number };

/** Reads `15 inch`, `15-inch`, `15.6"`, `15in` at token `at`. */
function measureAt(folded: string, runs: readonly Run[], at: number): Measure | undefined {
  const first = runs[at];
  if (!first || !isDigitCode(first.text.charCodeAt(0))) return undefined;
  const compact = numberThenUnit.exec(first.text);
  if (compact) return withUnit(compact[1] ?? "", compact[2] ?? "", 1);
  if (!digitsOnly.test(first.text)) return undefined;
  let number = first.text;
  let last = first;
  let span = 1;
  const next = runs[at + 1];
  const point = folded[first.end];
  if (next && next.start === first.end + 1 && (point === "." || point === ",")) {
    const fraction = numberThenUnit.exec(next.text);
    if (fraction) return withUnit(`${number}.${fraction[1]}`, fraction[2] ?? "", 2);
    if (digitsOnly.test(next.text)) {
      number = `${number}.${next.text}`;
      last = next;
      span = 2;
    }
  }
  if (folded[last.end] === '"' || folded.startsWith("''", last.end)) return { form: `${number}in`, span };
  const unit = runs[at + span];
  if (!unit || unit.start !== last.end + 1 || !/[ -]/.test(folded[last.end] ?? "")) return undefined;
  return withUnit(number, unit.text, span + 1);
}

function withUnit(number: string, spelling: string, span: number): Measure | undefined {
  const unit = unitBySpelling.get(spelling);
  return unit === undefined ? undefined : { form: `${number}${unit}`, span };
}

function isDigitCode(code: number): boolean {
  return (code >= 48 && code <= 57) || code > 127;
}

function partsOf(word: string): readonly string[] {
  let letters = false;
  let digits = false;
  for (let at = 0; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    if (code >= 48 && code <= 57) digits = true;
    else letters = true;
  }
  return letters && digits ? (word.match(partPattern) ?? []) : [];
}

/** @returns an analyzer; pure, shared by any number of indexes */
export function createAnalyzer(options: AnalyzerOptions = {}): Analyzer {
  const { stem, stopWords, hasCompounds } = languageOf(options.locale ?? "en");

  function tokens(text: string): readonly Token[] {
    const folded = foldText(text);
    const runs = runsOf(folded);
    return runs.map((run, at) => {
      const measure = measureAt(folded, runs, at);
      return {
        surface: run.text,
        term: stem(run.text),
        parts: partsOf(run.text),
        measure: measure?.form,
        measureSpan: measure?.span ?? 0,
        start: run.start,
        end: run.end,
      };
    });
  }

  function indexTerms(text: string, emit: (term: string) => void): number {
    const folded = foldText(text);
    const runs = runsOf(folded);
    for (let at = 0; at < runs.length; at += 1) {
      const word = runs[at]?.text ?? "";
      const stemmed = stem(word);
      emit(stemmed);
      if (stemmed !== word) emit(word);
      for (const part of partsOf(word)) emit(part);
      if (word.length > 1 && isUnspaced(word)) for (const character of word) emit(character);
      const measure = measureAt(folded, runs, at);
      if (measure && measure.form !== word) emit(measure.form);
    }
    return runs.length;
  }

  return { tokens, indexTerms, stem, isStopWord: (surface) => stopWords.has(surface), hasCompounds };
}
