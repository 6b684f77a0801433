/** Statements end with a semicolon at the end of a line; `$$` bodies are kept whole. */
export function splitStatements(text: string): readonly string[] {
  const statements: string[] = [];
  let current = "";
  let inBody = false;
  for (const line of text.split("\n")) {
    current += `${line}\n`;
    if ((line.split("$$").length - 1) % 2 === 1) inBody = !inBody;
    if (!inBody && line.trimEnd().endsWith(";")) {
      statements.push(current.trim());
      current = "";
    }
  }
  const rest = current.replace(/^\s*--.*$/gm, "").trim();
  return rest === "" ? statements : [...statements, current.trim()];
}
