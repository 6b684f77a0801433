// What an SQL trait may ask: one SELECT over the tables below. The text is checked when it is saved, and the engine's own reading of
// it (EXPLAIN AST) before it runs: no table function can reach files, networks or other tables.

/** Tables an SQL trait may read. */
export const readableTables: ReadonlySet<string> = new Set(["events", "identity_links", "exposures"]);

const forbiddenFunctions =
  /^(file|url|s3|remote|mysql|postgresql|mongodb|jdbc|odbc|hdfs|executable|input|sleep|joinget|dict|getsetting|currentuser|hostname|fqdn|servername|filesystem|catboost|evalml|generaterandom|numbers|zeros|system|cluster|merge|view|loop|fuzz|azure|gcs|iceberg|hudi|deltalake|redis|sqlite|python|tcp)/i;

/** @returns what is wrong with the text of a query; undefined when nothing is */
export function checkQuery(query: string): string | undefined {
  const text = query.trim();
  if (text === "") return "write one SELECT with the column profile_id";
  if (text.includes(";")) return "write one statement, without a semicolon";
  if (!/^select\b/i.test(text)) return "the query starts with SELECT; put subqueries into FROM";
  if (/\b(format|settings|into\s+outfile)\b\s*[A-Za-z'"]/i.test(text))
    return "FORMAT, SETTINGS and INTO OUTFILE cannot be used";
  return undefined;
}

/**
 * Checks the engine's reading of a query.
 *
 * @param ast lines of EXPLAIN AST
 * @returns what is refused; undefined when it reads nothing but the tables allowed
 */
export function checkAst(ast: readonly string[]): string | undefined {
  for (const [index, line] of ast.entries()) {
    const node = line.trim();
    const called = /^Function (\S+)/.exec(node);
    if (called?.[1] !== undefined && forbiddenFunctions.test(called[1]))
      return `the function ${called[1]} cannot be used`;
    // `x in name` reads a table by its name.
    if (called?.[1] !== undefined && /in$/i.test(called[1]) && isNameOnTheRight(ast, index))
      return `${called[1]} takes a list or a subquery on its right side`;
    if (!node.startsWith("TableExpression")) continue;
    const source = ast[index + 1]?.trim() ?? "";
    const table = /^TableIdentifier (\S+)/.exec(source)?.[1];
    if (table !== undefined && !readableTables.has(table)) return `the table ${table} cannot be read`;
    if (table === undefined && !source.startsWith("Subquery"))
      return "only tables and subqueries can stand behind FROM";
  }
  return undefined;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The second argument of the function in this line is a mere name. */
function isNameOnTheRight(ast: readonly string[], index: number): boolean {
  const depth = indentOf(ast[index] ?? "") + 2;
  const own: string[] = [];
  for (const line of ast.slice(index + 1)) {
    if (indentOf(line) < depth - 1) break;
    if (indentOf(line) === depth) own.push(line.trim());
  }
  return own[1]?.startsWith("Identifier") ?? false;
}
