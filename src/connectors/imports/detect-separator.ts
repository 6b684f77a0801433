const separators = [",", ";", "\t", "|"] as const;
const maxLines = 20;

/** Lines of a CSV text; line ends inside quotes do not count. The last, perhaps incomplete one is left out when there are others. */
function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  let isQuoted = false;
  let from = 0;
  for (let at = 0; at < text.length && lines.length < maxLines; at += 1) {
    const letter = text[at];
    if (letter === '"') isQuoted = !isQuoted;
    else if ((letter === "\n" || letter === "\r") && !isQuoted) {
      if (at > from) lines.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return lines.length > 0 ? lines : [text];
}

function cellsOf(line: string, separator: string): number {
  let isQuoted = false;
  let cells = 1;
  for (const letter of line) {
    if (letter === '"') isQuoted = !isQuoted;
    else if (letter === separator && !isQuoted) cells += 1;
  }
  return cells;
}

/** The separator that cuts most lines into as many cells as the header, and the header into most cells. */
export function detectSeparator(start: string): string {
  const lines = linesOf(start);
  let best: { readonly separator: string; readonly agreeing: number; readonly cells: number } | undefined;
  for (const separator of separators) {
    const counts = lines.map((line) => cellsOf(line, separator));
    const [cells = 1] = counts;
    if (cells < 2) continue;
    const agreeing = counts.filter((count) => count === cells).length;
    const isBetter = !best || agreeing > best.agreeing || (agreeing === best.agreeing && cells > best.cells);
    if (isBetter) best = { separator, agreeing, cells };
  }
  return best?.separator ?? ",";
}
