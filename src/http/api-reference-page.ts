import { isObject } from "../kernel/index.ts";

// The reference is plain HTML made on the server: it works without scripts, offline, and under the strictest policy.

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

const object = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});
const text = (value: unknown): string => (typeof value === "string" ? value : "");

function schemaBlock(title: string, schema: unknown): string {
  if (!isObject(schema)) return "";
  return `<details><summary>${escapeHtml(title)}</summary><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details>`;
}

function parameterRows(parameters: unknown): string {
  if (!Array.isArray(parameters) || parameters.length === 0) return "";
  const rows = parameters.map((entry) => {
    const parameter = object(entry);
    const { type, description, default: fallback, ...limits } = object(parameter["schema"]);
    const facts = [
      text(parameter["description"]) || text(description),
      fallback === undefined ? "" : `default ${JSON.stringify(fallback)}`,
    ];
    if (Object.keys(limits).length > 0) facts.push(JSON.stringify(limits));
    const kind = typeof type === "string" ? type : "";
    const need = parameter["required"] === true ? "required" : "";
    const cells = [text(parameter["name"]), text(parameter["in"]), kind, need, facts.filter(Boolean).join("; ")];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`;
  });
  return `<table><thead><tr><th>Name<th>In<th>Type<th>Need<th>Meaning</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

const contentSchema = (part: unknown): unknown => object(object(object(part)["content"])["application/json"])["schema"];

function operationSection(method: string, path: string, operation: Record<string, unknown>): string {
  const access = text(operation["x-access"]) || "public";
  const responses = Object.entries(object(operation["responses"])).map(([status, response]) =>
    schemaBlock(`${status} ${text(object(response)["description"])}`, contentSchema(response)),
  );
  return `<article><h3><b>${escapeHtml(method.toUpperCase())}</b> <code>${escapeHtml(path)}</code></h3>
<p>${escapeHtml(text(operation["summary"]))} <small>access: ${escapeHtml(access)}</small></p>
<p>${escapeHtml(text(operation["description"]))}</p>${parameterRows(operation["parameters"])}${schemaBlock("Body", contentSchema(operation["requestBody"]))}${responses.join("")}</article>`;
}

function sectionsByTag(paths: Record<string, unknown>): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, entry] of Object.entries(object(methods))) {
      const operation = object(entry);
      const tags = operation["tags"];
      const tag = Array.isArray(tags) ? text(tags[0]) || "Other" : "Other";
      sections.set(tag, [...(sections.get(tag) ?? []), operationSection(method, path, operation)]);
    }
  }
  return sections;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h3 b{display:inline-block;min-width:4rem}article{border-top:1px solid #ddd;padding:.5rem 0}small{color:#555}
pre{overflow:auto;background:#f5f5f5;padding:.75rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;border-bottom:1px solid #eee;padding:.25rem .5rem;vertical-align:top}
nav a{margin-right:1rem}@media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}pre{background:#222}small{color:#aaa}a{color:#8ab4f8}article,td,th{border-color:#333}}`;

/** The OpenAPI document as one HTML page, without scripts or assets. */
export function apiReferencePage(document: object): string {
  const { info, paths } = document as { info?: unknown; paths?: unknown };
  const title = escapeHtml(text(object(info)["title"]));
  const sections = [...sectionsByTag(object(paths))].sort(([a], [b]) => a.localeCompare(b));
  const links = sections.map(([tag]) => `<a href="#${encodeURIComponent(tag)}">${escapeHtml(tag)}</a>`).join("");
  const body = sections
    .map(
      ([tag, articles]) =>
        `<section id="${escapeHtml(encodeURIComponent(tag))}"><h2>${escapeHtml(tag)}</h2>${articles.join("")}</section>`,
    )
    .join("");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>
<body><main><h1>${title}</h1><p>${escapeHtml(text(object(info)["description"]))} <a href="/docs/openapi.json">OpenAPI 3.1 document</a></p><nav aria-label="Parts">${links}</nav>${body}</main></body></html>`;
}
