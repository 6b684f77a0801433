// A query of an SQL source must be one select. The real guard is the read-only transaction and the rights of the database user;
// this check catches mistakes on saving, and keeps the query inside the brackets that we put around it.
import type { ErrorDetail } from "../../kernel/index.ts";

type Engine = "postgres" | "mysql";

const forbidden =
  /\b(insert|update|delete|merge|replace\s+into|truncate|drop|alter|create|grant|revoke|call|do|copy|into|lock|vacuum|prepare|execute|listen|notify|load_file|pg_read_file|pg_sleep|sleep|benchmark|dblink|lo_import|lo_export)\b/i;
const maxLength = 20_000;

type Scan = { readonly code: string; readonly fault?: string };

/** End of a quoted piece that begins at `at`, or -1. Doubled quotes belong to it, and where the engine says so backslashes escape. */
function endOfQuote(text: string, at: number, escapes: boolean): number {
  const quote = text[at];
  for (let index = at + 1; index < text.length; index += 1) {
    if (escapes && text[index] === "\\") index += 1;
    else if (text[index] === quote) {
      if (text[index + 1] !== quote) return index;
      index += 1;
    }
  }
  return -1;
}

/** The query with every quoted piece blanked out. */
function scan(text: string, engine: Engine): Scan {
  let code = "";
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    const pair = text.slice(at, at + 2);
    if (pair === "--" || pair === "/*" || (engine === "mysql" && char === "#"))
      return { code, fault: "holds a comment; remove it" };
    if (engine === "postgres" && /^\$(\w*)\$/.test(text.slice(at, at + 70)))
      return { code, fault: "holds a dollar-quoted text; use single quotes" };
    if (char !== "'" && char !== '"' && char !== "`") {
      code += char;
      continue;
    }
    const isEscapeText = /(^|[^\w])[eE]$/.test(text.slice(Math.max(0, at - 2), at));
    const escapes = char === "'" ? engine === "mysql" || isEscapeText : engine === "mysql" && char === '"';
    const end = endOfQuote(text, at, escapes);
    if (end < 0) return { code, fault: "holds a quote that is not closed" };
    // A quoted name stays a word; a text becomes nothing.
    code += char === "'" ? "''" : "q";
    at = end;
  }
  return { code };
}

/** Brackets must close within the query, or it would reach out of the ones around it. */
function areBracketsSound(code: string): boolean {
  let depth = 0;
  for (const char of code) {
    if (char === "(") depth += 1;
    if (char === ")") depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Every fault of a query; none = one select. */
export function queryFaults(query: string, engine: Engine, path: string): readonly ErrorDetail[] {
  const fault = (message: string): readonly ErrorDetail[] => [{ path, code: "connectors.badQuery", message }];
  if (query.length > maxLength) return fault(`is longer than ${maxLength} characters`);
  if (query.includes("\0")) return fault("holds a NUL");
  const { code, fault: found } = scan(query.trim().replace(/;\s*$/, ""), engine);
  if (found !== undefined) return fault(found);
  if (code.includes(";")) return fault("holds more than one statement");
  if (!/^(select|with)\b/i.test(code.trim())) return fault("does not begin with select or with");
  const word = forbidden.exec(code)?.[0];
  if (word !== undefined) return fault(`holds the word ${word}; only a plain select is read`);
  return areBracketsSound(code) ? [] : fault("has brackets that do not match");
}

/** The query as it is put into brackets. */
export function innerQuery(query: string): string {
  return query.trim().replace(/;\s*$/, "");
}
