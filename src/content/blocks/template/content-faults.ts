import type { ErrorDetail, JsonValue } from "../../../kernel/index.ts";
import { type BlockContent, isSafeLink } from "../block.ts";
import { compileMarkup } from "./compile-markup.ts";
import { attributeCodeOf, countOpened, isPlaceholderPath, parseTemplate } from "./placeholder.ts";

const maxPlaceholders = 100;
/** Of one text: nobody reads more. */
const maxFaults = 20;

/** @param hasAttribute whether the catalog knows a product attribute of this code */
export type PlaceholderCheck = { readonly hasAttribute: (code: string) => boolean };

function pathFaults(text: string, path: string, { hasAttribute }: PlaceholderCheck): ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const parts = parseTemplate(text).filter((part) => typeof part !== "string");
  for (const part of parts) {
    const code = attributeCodeOf(part.path);
    if (code !== undefined && !hasAttribute(code))
      faults.push({ path, code: "content.placeholder", message: `the catalog has no product attribute ${code}` });
  }
  for (const [, name = ""] of text.matchAll(/\{\{\s*([^{}|]{0,100})/g)) {
    if (faults.length >= maxFaults) break;
    if (!isPlaceholderPath(name.trim()))
      faults.push({
        path,
        code: "content.placeholder",
        message: `there is no placeholder ${name.trim().slice(0, 60)}`,
      });
  }
  if (faults.length === 0 && countOpened(text) > parts.length)
    faults.push({
      path,
      code: "content.placeholder",
      message: "a placeholder must read {{path}} or {{path|otherwise}}",
    });
  return faults;
}

function markupFaults(html: string, path: string, check: PlaceholderCheck): ErrorDetail[] {
  const faults = pathFaults(html, path, check);
  if (faults.length > 0) return faults;
  const { parts } = compileMarkup(html);
  const found = parts.filter((part) => typeof part !== "string" && !part.isAdded).length;
  if (found === countOpened(html)) return [];
  const message =
    "a placeholder may stand in text, in title, alt, aria-label and aria-description, and in href and src but for scheme and host";
  return [{ path, code: "content.placeholderPlace", message }];
}

function jsonFaults(value: JsonValue, path: string, check: PlaceholderCheck): ErrorDetail[] {
  if (typeof value === "string") return pathFaults(value, path, check);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    ...(key.includes("{{")
      ? [{ path, code: "content.placeholderPlace", message: "a placeholder may stand in values, not in names" }]
      : []),
    ...jsonFaults(each, `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, check),
  ]);
}

function linkFaults(link: string, path: string, check: PlaceholderCheck): ErrorDetail[] {
  const faults = pathFaults(link, path, check);
  if (faults.length > 0) return faults;
  // As a piece that breaks what may be broken: a host, a scheme.
  const sample = parseTemplate(link).map((part, index) =>
    typeof part === "string" ? part : index === 0 ? "https://shop.example/" : "%20",
  );
  if (isSafeLink(sample.join(""))) return [];
  return [{ path, code: "content.link", message: "must be an http(s) address or a path of the shop" }];
}

/** Faults of the texts of a content; `path` is a JSON pointer to it. */
export function contentFaults(
  { html, json, link, alt }: BlockContent,
  path: string,
  check: PlaceholderCheck,
): readonly ErrorDetail[] {
  const faults = [
    ...(html === undefined ? [] : markupFaults(html, `${path}/html`, check)),
    ...(json === undefined ? [] : jsonFaults(json, `${path}/json`, check)),
    ...(link === undefined ? [] : linkFaults(link, `${path}/link`, check)),
    ...(alt === undefined ? [] : pathFaults(alt, `${path}/alt`, check)),
  ];
  const count = countOpened(JSON.stringify([html, json, link, alt]));
  if (count > maxPlaceholders)
    faults.push({ path, code: "content.tooLarge", message: `holds more than ${maxPlaceholders} placeholders` });
  return faults;
}
