import { foldText } from "./analysis.ts";

/** A piece of a text; case and accents do not count. */
export type TextMatch = { readonly kind: "contains" | "startsWith" | "endsWith"; readonly text: string };

/** @param folded the text as `foldText` gives it */
export function matchesText(folded: string, matches: readonly TextMatch[]): boolean {
  return matches.some((match) => matchesPiece(folded, match));
}

function matchesPiece(folded: string, { kind, text }: TextMatch): boolean {
  const piece = foldText(text);
  switch (kind) {
    case "contains":
      return folded.includes(piece);
    case "startsWith":
      return folded.startsWith(piece);
    case "endsWith":
      return folded.endsWith(piece);
  }
}

/** Reads `*piece*`, `piece*` and `*piece`; a star behind a backslash is a star. Undefined when there is no open star. */
export function readWildcard(raw: string): TextMatch | undefined {
  const starts = raw.startsWith("*");
  const ends = raw.length > 1 && raw.endsWith("*") && !raw.endsWith("\\*");
  const text = raw.slice(starts ? 1 : 0, ends ? -1 : undefined).replace(/\\(.)/gs, "$1");
  if ((!starts && !ends) || text === "") return undefined;
  return { kind: starts && ends ? "contains" : starts ? "endsWith" : "startsWith", text: text.slice(0, 200) };
}
