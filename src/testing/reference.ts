import { existsSync, readdirSync, readFileSync } from "node:fs";
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

const source = new URL("../", import.meta.url);

/** Every name that a capability shows to the others: what is not listed is private. */
export function facesPage(): string {
  const faces = readdirSync(source, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() && entry.name !== "testing" && existsSync(new URL(`${entry.name}/index.ts`, source)),
    )
    .map((entry) => `## ${entry.name}\n\n${exportedNames(new URL(`${entry.name}/index.ts`, source)).join(", ")}\n`)
    .sort();
  return `# Faces\n\nThe exported names of each capability's \`index.ts\`. Keep them few: an export that nobody outside uses is deleted.\n\n${faces.join("\n")}`;
}

function exportedNames(file: URL): readonly string[] {
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  const lists = [...text.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}/g)].flatMap(([, names = ""]) => names.split(","));
  const declared = [...text.matchAll(/export\s+(?:async\s+)?(?:function|const|type)\s+(\w+)/g)].map(
    ([, name = ""]) => name,
  );
  const names = lists.map((name) =>
    name
      .trim()
      .replace(/^type\s+/, "")
      .replace(/^\w+\s+as\s+/, ""),
  );
  return [...new Set([...names, ...declared])].filter((name) => name !== "").sort();
}
