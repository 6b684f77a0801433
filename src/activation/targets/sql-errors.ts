import { type SendResult, translateSqlError } from "../../connectors/index.ts";

/** SQLSTATE classes of data and of constraints. */
const valueState = /^(22|23)[0-9A-Z]{3}$/;
/** Said of values too, without a state of their own. */
const valueCodes = new Set([
  "ER_TRUNCATED_WRONG_VALUE_FOR_FIELD",
  "ER_CHECK_CONSTRAINT_VIOLATED",
  "ER_CONSTRAINT_FAILED",
]);

function textOf(error: unknown, name: "code" | "sqlState"): string {
  if (!(error instanceof Error)) return "";
  const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value;
  return typeof value === "string" ? value : "";
}

/** What a failure of a foreign database means for the changes of its transaction. */
export function judgeSqlFailure(error: unknown, host: string): SendResult {
  const code = textOf(error, "code");
  // PostgreSQL gives the state as its code, MySQL beside it.
  const isAboutValues = [code, textOf(error, "sqlState")].some((text) => valueState.test(text)) || valueCodes.has(code);
  if (isAboutValues) return { kind: "refused", message: `the database refuses a value: ${code}` };
  return { kind: "down", message: translateSqlError(error, host).message };
}
