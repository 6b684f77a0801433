/** Statements end with a semicolon at the end of a line; `$$` bodies are kept whole, comment lines before a statement are dropped. */
export function splitStatements(text: string): readonly string[] {
  const statements: string[] = [];
  let current: string[] = [];
  let inBody = false;
  const finish = () => {
    const statement = current.join("\n").trim();
    if (statement !== "") statements.push(statement);
    current = [];
  };
  for (const line of text.split(/\r?\n/)) {
    if (!inBody && current.length === 0 && /^\s*(--.*)?$/.test(line)) continue;
    current.push(line);
    if ((line.split("$$").length - 1) % 2 === 1) inBody = !inBody;
    // A comment may follow the semicolon.
    if (!inBody && /;\s*(--.*)?$/.test(line)) finish();
  }
  finish();
  return statements;
}
