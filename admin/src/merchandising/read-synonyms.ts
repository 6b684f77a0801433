// Synonyms as lines of text: "sofa, couch" both ways, "phone => iphone, android" one way.
export type SynonymBody = {
  readonly type: "one-way" | "two-way";
  readonly keyword: string;
  readonly expansions: readonly string[];
};

export type ReadSynonyms = {
  readonly synonyms: readonly { readonly line: string; readonly body: SynonymBody }[];
  readonly wrong: readonly string[];
};

/** More are a task for the API, not for a dialog. */
const maxLines = 500;

/** Reads lines; empty ones, and those that begin with `#`, say nothing. */
export function readSynonyms(text: string): ReadSynonyms {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .slice(0, maxLines);
  const read = lines.map((line) => ({ line, body: readLine(line) }));
  return {
    synonyms: read.flatMap(({ line, body }) => (body ? [{ line, body }] : [])),
    wrong: read.flatMap(({ line, body }) => (body ? [] : [line])),
  };
}

function readLine(line: string): SynonymBody | null {
  const [left = "", right, ...more] = line.split(/=>|→/);
  if (right === undefined) {
    const [keyword, ...expansions] = wordsOf(left);
    return keyword !== undefined && expansions.length > 0 ? { type: "two-way", keyword, expansions } : null;
  }
  const [keyword, ...others] = wordsOf(left);
  const expansions = wordsOf(right);
  if (keyword === undefined || others.length > 0 || more.length > 0 || expansions.length === 0) return null;
  return { type: "one-way", keyword, expansions };
}

/** Separated as in a file of a table program: commas, semicolons or tabs; quotes around a word fall away. */
function wordsOf(text: string): readonly string[] {
  const words = text.split(/[,;\t]/).map((word) =>
    word
      .trim()
      .replace(/^"(.*)"$/, "$1")
      .trim(),
  );
  return [...new Set(words.filter((word) => word !== ""))];
}

/** How a synonym reads in one line. */
export function synonymText({ type, keyword, expansions }: SynonymBody): string {
  return type === "two-way" ? [keyword, ...expansions].join(", ") : `${keyword} => ${expansions.join(", ")}`;
}
