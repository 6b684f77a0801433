import { parse } from "csv-parse/sync";
import { ClienteleError, type ErrorDetail } from "../kernel/index.ts";
import { type GivenJudgement, maxQueryLength, maxSkuLength } from "./judgement.ts";
import { maxGrade } from "./ndcg.ts";

const maxFaults = 20;

/**
 * Judgements of a CSV file with the columns `query`, `sku` and `grade` (0 to 3; empty takes the judgement back).
 *
 * @throws {ClienteleError} `relevance.invalid`, with the line of each fault
 */
export function readJudgements(text: string): readonly GivenJudgement[] {
  const rows = parseRows(text);
  const faults: ErrorDetail[] = [];
  const judgements = rows.map((row, at): GivenJudgement => {
    const [query = "", sku = "", grade = ""] = [row["query"], row["sku"], row["grade"]].map(
      (cell) => cell?.trim() ?? "",
    );
    const fault = faultOf(query, sku, grade);
    if (fault !== undefined && faults.length < maxFaults)
      // The first line holds the names of the columns.
      faults.push({ path: `/${at + 2}`, code: "relevance.invalid", message: `line ${at + 2}: ${fault}` });
    return { query, sku, grade: grade === "" ? null : Number(grade) };
  });
  if (faults.length === 0) return judgements;
  throw new ClienteleError("relevance.invalid", `${faults[0]?.message}; nothing was stored`, { details: faults });
}

function parseRows(text: string): readonly Record<string, string>[] {
  try {
    return parse(text, { columns: true, bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch (cause) {
    throw new ClienteleError("relevance.invalid", "the file is no CSV with the columns query, sku and grade", {
      cause,
    });
  }
}

function faultOf(query: string, sku: string, grade: string): string | undefined {
  if (query === "" || query.length > maxQueryLength) return `query must have 1 to ${maxQueryLength} characters`;
  if (sku === "" || sku.length > maxSkuLength) return `sku must have 1 to ${maxSkuLength} characters`;
  if (!/^[0-9]?$/.test(grade) || Number(grade) > maxGrade) return `grade must be 0 to ${maxGrade}, or empty`;
  return undefined;
}
