import snowball from "snowball-stemmers";
import { stemEnglish } from "./english.ts";
import { stemPolish } from "./polish.ts";
import { stopWordsByLanguage } from "./stop-words.data.ts";

/** How words of one language are brought together. */
export type Language = {
  /** ISO 639-1. */
  readonly code: string;
  /** Gets folded words. */
  readonly stem: (word: string) => string;
  readonly stopWords: ReadonlySet<string>;
  /** Writes compounds as one word, whose last part says what it is. */
  readonly hasCompounds: boolean;
};

const snowballByLanguage: Readonly<Record<string, string>> = {
  ...{ ar: "arabic", ca: "catalan", cs: "czech", da: "danish", de: "german", es: "spanish", eu: "basque" },
  ...{ fi: "finnish", fr: "french", ga: "irish", hu: "hungarian", hy: "armenian", it: "italian", nb: "norwegian" },
  ...{ nl: "dutch", nn: "norwegian", no: "norwegian", pt: "portuguese", ro: "romanian", ru: "russian", sl: "slovene" },
  ...{ sv: "swedish", tr: "turkish" },
};
const compounding: ReadonlySet<string> = new Set(["da", "de", "fi", "nb", "nl", "nn", "no", "sv"]);
/** Stems remembered a language: Snowball takes 27 µs a word, a catalog has some ten thousand. About 5 MB. */
const maxCachedWords = 50_000;
const none: ReadonlySet<string> = new Set();

const known = new Map<string, Language>();

/** @param locale e.g. `de`, `de-AT`, `de_AT`; a language without a stemmer keeps its words as they are */
export function languageOf(locale: string): Language {
  const code = /^[a-z]{2,3}/.exec(locale.toLowerCase())?.[0] ?? "en";
  const language = known.get(code) ?? {
    code,
    stem: stemmerOf(code),
    stopWords: stopWordsByLanguage.get(code) ?? none,
    hasCompounds: compounding.has(code),
  };
  if (known.size < 200) known.set(code, language);
  return language;
}

function stemmerOf(code: string): (word: string) => string {
  if (code === "en") return stemEnglish;
  if (code === "pl") return stemPolish;
  const algorithm = snowballByLanguage[code];
  if (algorithm === undefined) return (word) => word;
  const stemmer = snowball.newStemmer(algorithm);
  const plain = (word: string) => (isPlain(word) ? stemmer.stem(word) : word);
  return cached(code === "de" ? (word) => plain(withoutTranscription(word)) : plain);
}

/** Sizes, units and model numbers are no words, as in English. */
function isPlain(word: string): boolean {
  return word.length > 3 && !/\p{N}/u.test(word);
}

/** `fuer` and `für` are one word: both become `fur`, since folding has taken the umlaut. */
function withoutTranscription(word: string): string {
  return word.replace(/(?<!q)([aou])e/g, "$1");
}

function cached(stem: (word: string) => string): (word: string) => string {
  const stems = new Map<string, string>();
  return (word) => {
    const found = stems.get(word);
    if (found !== undefined) return found;
    if (stems.size >= maxCachedWords) stems.clear();
    const made = stem(word);
    stems.set(word, made);
    return made;
  };
}
