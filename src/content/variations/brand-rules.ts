import { Type } from "typebox";
import type { DefinitionKind, LiveDefinition } from "../../definitions/index.ts";
import type { FieldPath, VariationFault } from "./variation.ts";
import { joinedText, visibleText } from "./visible-text.ts";

/** How the shop speaks. The model is told so, and every text is compared with it afterwards. */
export type BrandRules = {
  /** For the model and the reviewer, e.g. "friendly, short sentences, no exclamation marks". */
  readonly tone?: string;
  /** Texts of this language alone, e.g. `de`; absent = all. */
  readonly locale?: string;
  /** Words and claims that must not stand; a star at the end stands for any ending. */
  readonly forbidden?: readonly string[];
  /** Words that must stand, as they are written here. */
  readonly required?: readonly string[];
  /** Characters that a reader sees. */
  readonly maxLength?: number;
};

const phrase = Type.String({ minLength: 2, maxLength: 200 });

/** The definition kind `brand-rules`. */
export function createBrandRulesKind(): DefinitionKind<BrandRules> {
  return {
    kind: "brand-rules",
    label: "Brand rules",
    schema: Type.Object(
      {
        tone: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
        locale: Type.Optional(Type.String({ pattern: "^[a-z]{2,3}(?:[-_][A-Za-z]{2})?$" })),
        forbidden: Type.Optional(Type.Array(phrase, { maxItems: 500 })),
        required: Type.Optional(Type.Array(phrase, { maxItems: 50 })),
        maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000 })),
      },
      { additionalProperties: false },
    ),
  };
}

const languageOf = (locale: string) => (locale.split(/[-_]/)[0] ?? "").toLowerCase();

/** Rules that hold for texts of a locale. */
export function rulesFor(
  live: readonly LiveDefinition<BrandRules>[],
  locale: string,
): readonly LiveDefinition<BrandRules>[] {
  return live.filter(({ body }) => {
    if (body.locale === undefined) return true;
    const isRegional = /[-_]/.test(body.locale);
    return isRegional
      ? body.locale.replace("_", "-").toLowerCase() === locale.replace("_", "-").toLowerCase()
      : body.locale.toLowerCase() === languageOf(locale);
  });
}

function holds(texts: readonly string[], wanted: string): boolean {
  const normal = wanted.normalize("NFKC").replace(/\s+/g, " ").trim().toLowerCase();
  const isOpen = normal.endsWith("*");
  const word = isOpen ? normal.slice(0, -1) : normal;
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}${isOpen ? "" : "(?![\\p{L}\\p{N}])"}`, "u");
  return texts.some((text) => pattern.test(text.toLowerCase()));
}

const matches = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, found = ""]) => found));
const placeholderPattern = /\{\{\s*([^}|]*?)\s*(?:\|[^}]*)?\}\}/g;
const addressPattern = /(?:href|src|srcset)\s*=\s*["']?([^"'\s>]+)/gi;
const numberPattern = /(\d+(?:[.,]\d+)*)/g;
/** Elements that only set text off; a variant may use them where its source does not. */
const plainElements: ReadonlySet<string> = new Set(["b", "br", "em", "i", "p", "small", "span", "strong"]);
const elementsIn = (markup: string) =>
  new Set([...matches(markup, /<\/?([a-z][a-z0-9-]*)/gi)].map((name) => name.toLowerCase()));
const missingFrom = (wanted: ReadonlySet<string>, known: ReadonlySet<string>) =>
  [...wanted].filter((item) => !known.has(item));

function ruleFaults(content: string, rules: readonly BrandRules[]): readonly VariationFault[] {
  const visible = visibleText(content);
  const texts = [visible, joinedText(content)];
  const faults: VariationFault[] = [];
  for (const { forbidden = [], required = [], maxLength } of rules) {
    for (const word of forbidden)
      if (holds(texts, word)) faults.push({ code: "forbidden", severity: "error", message: `holds “${word}”` });
    for (const word of required)
      if (!holds(texts, word)) faults.push({ code: "required", severity: "error", message: `lacks “${word}”` });
    const { length } = [...visible];
    if (maxLength !== undefined && length > maxLength)
      faults.push({ code: "tooLong", severity: "error", message: `has ${length} characters, at most ${maxLength}` });
  }
  return faults;
}

/** What a text says that its source does not: addresses and placeholders are refused, numbers are pointed out. */
function inventions(content: string, source: string): readonly VariationFault[] {
  const faults: VariationFault[] = [];
  const placeholders = missingFrom(matches(content, placeholderPattern), matches(source, placeholderPattern));
  for (const name of placeholders)
    faults.push({ code: "placeholder", severity: "error", message: `uses {{${name}}}, which the source does not` });
  for (const address of missingFrom(matches(content, addressPattern), matches(source, addressPattern)))
    faults.push({ code: "link", severity: "error", message: `leads to ${address}, which the source does not` });
  // Prices and discounts are the claims that cost most.
  for (const number of missingFrom(
    matches(visibleText(content), numberPattern),
    matches(visibleText(source), numberPattern),
  ))
    faults.push({ code: "number", severity: "warning", message: `says ${number}, which the source does not` });
  return faults;
}

/** Everything that speaks against a text in place of its source; at most 100 faults. */
export function checkVariation(
  content: string,
  source: { readonly text: string; readonly field: FieldPath },
  rules: readonly BrandRules[],
): readonly VariationFault[] {
  const faults: VariationFault[] = [];
  const isMarkup = source.field === "/html";
  if (visibleText(content) === "" && !(isMarkup && /<img\b/i.test(content)))
    faults.push({ code: "empty", severity: "error", message: "has nothing to read" });
  for (const element of missingFrom(elementsIn(content), elementsIn(source.text)))
    if (!isMarkup || !plainElements.has(element))
      faults.push({ code: "markup", severity: "error", message: `uses <${element}>, which the source does not` });
  if (content.trim() === source.text.trim())
    faults.push({ code: "same", severity: "warning", message: "is the same as the source" });
  return [...faults, ...ruleFaults(content, rules), ...inventions(content, source.text)].slice(0, 100);
}
