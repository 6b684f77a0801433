// CSV by RFC 4180, safe to open in a spreadsheet: a text that would be taken for a formula is preceded by an apostrophe.
const needsQuotes = /[",\r\n]/;
// Also the wide forms, which some spreadsheets take for the same.
const startsFormula = /^[=+\-@\t\r\n＝＋－＠]/;
/** Phone numbers and negative amounts are numbers, nothing more. */
const isNumber = /^[+-]?\d+(\.\d+)?$/;
/** A lone zero byte ends the line for some readers. */
const unwritable = /\0/g;

export function csvCell(text: string): string {
  const clean = text.replace(unwritable, "");
  const safe = startsFormula.test(clean) && !isNumber.test(clean) ? `'${clean}` : clean;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line with its end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}
