/** A piece of a text stream; of one that is too long only the beginning is kept. */
export type TextPart = { readonly number: number; readonly text: string; readonly isTooLong: boolean };

const keptOfTooLong = 200;

/** Lines, numbered from 1; memory stays below `maxLength` plus one piece of the stream. */
export async function* splitLines(pieces: AsyncIterable<string>, maxLength: number): AsyncGenerator<TextPart> {
  let rest = "";
  let number = 0;
  let tooLong: string | undefined;
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      number += 1;
      const isTooLong = tooLong !== undefined || line.length > maxLength;
      yield { number, text: isTooLong ? (tooLong ?? line.slice(0, keptOfTooLong)) : line, isTooLong };
      tooLong = undefined;
    }
    if (rest.length > maxLength) {
      tooLong ??= rest.slice(0, keptOfTooLong);
      rest = "";
    }
  }
  if (rest !== "" || tooLong !== undefined)
    yield { number: number + 1, text: tooLong ?? rest, isTooLong: tooLong !== undefined };
}

/**
 * The elements of the first JSON list in the text (the whole text, or a list inside an object such as `{"products": […]}`),
 * numbered from 1. Only brackets, braces and strings are looked at; each element is parsed by the caller.
 */
export async function* splitJsonArray(pieces: AsyncIterable<string>, maxLength: number): AsyncGenerator<TextPart> {
  let isInside = false;
  let isInText = false;
  let isEscaped = false;
  let depth = 0;
  let number = 0;
  let element = "";
  let isTooLong = false;
  const take = (): TextPart => {
    number += 1;
    const part = { number, text: isTooLong ? element.slice(0, keptOfTooLong) : element, isTooLong };
    element = "";
    isTooLong = false;
    return part;
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const letter = piece[at];
      if (isInText) {
        if (isEscaped) isEscaped = false;
        else if (letter === "\\") isEscaped = true;
        else if (letter === '"') isInText = false;
        continue;
      }
      if (letter === '"') isInText = true;
      else if (!isInside) {
        if (letter === "[") {
          isInside = true;
          from = at + 1;
        }
      } else if (letter === "{" || letter === "[") depth += 1;
      else if (depth > 0 && (letter === "}" || letter === "]")) depth -= 1;
      else if (depth === 0 && (letter === "," || letter === "]")) {
        element += piece.slice(from, at);
        from = at + 1;
        if (element.trim() !== "" || letter === ",") yield take();
        if (letter === "]") return;
      }
    }
    if (!isInside) continue;
    element += piece.slice(from);
    if (element.length > maxLength) {
      isTooLong = true;
      element = element.slice(0, keptOfTooLong);
    }
  }
  // The list was not closed: what is left is a broken element, and the caller says so.
  if (element.trim() !== "") yield take();
}
