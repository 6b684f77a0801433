import { openApiDocument } from "../http/index.ts";
import { errorCatalogue } from "../kernel/index.ts";
import { startTestApp } from "./start-test-app.ts";

/** The API reference as it is committed. */
export async function openApiText(): Promise<string> {
  const app = await startTestApp();
  try {
    return `${JSON.stringify(openApiDocument(app.server), null, 2)}\n`;
  } finally {
    await app.close();
  }
}

/** The page of all error codes. */
export function errorsPage(): string {
  const rows = Object.entries(errorCatalogue)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, means, remedy }]) => `| \`${code}\` | ${status} | ${means} | ${remedy} |`);
  return `# Errors

Every failure is answered as \`{"error": {"id", "code", "message", "details"?}}\`. \`id\` also stands in the log. \`details\` lists
every fault of a refused input as \`{path, code, message}\`; \`path\` is a JSON pointer.

| Code | Status | Means | What to do |
|---|---|---|---|
${rows.join("\n")}
`;
}
