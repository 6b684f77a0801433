// Markup is sanitised first and filled afterwards: the sanitiser's output is regular (every attribute in double quotes, every `<` of a
// text escaped), so that the place of each placeholder is known without a parser, and what is filled in is escaped for that place.
import { sanitizeMarkup } from "../../sanitize-markup.ts";
import { altPathOf, type Placeholder, parseTemplate } from "./placeholder.ts";

/** `url` = the whole address, or its beginning; `url-part` = a piece of its path or query. */
export type Place = "text" | "attribute" | "url" | "url-part";
export type PlacedPart =
  | string
  | {
      readonly placeholder: Placeholder;
      readonly place: Place;
      /** Nobody wrote it: the text of a picture that has none of its own. */
      readonly isAdded?: true;
    };
export type CompiledMarkup = {
  readonly parts: readonly PlacedPart[];
  /** Placeholders that stand where none may. */
  readonly misplaced: readonly string[];
};

const urlAttributes: ReadonlySet<string> = new Set(["href", "src"]);
/** No `class`, `id`, `style` and no `data-`: scripts of shops read orders out of those. */
const textAttributes: ReadonlySet<string> = new Set(["title", "alt", "aria-label", "aria-description"]);
/** What must stand before a piece of an address: never a piece of the host or the scheme. */
const addressStart = /^(?:\/(?!\/)|[?#]|https?:\/\/[^/?#{]+[/?#]|[\w.-]+\/|(?:mailto|tel):)/i;
const entities: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' };
const tag = /<\/?[a-z][^"<>]*(?:"[^"]*"[^"<>]*)*>/gi;
const attribute = /([^\s"'<>/=]+)="([^"]*)"/g;

function decodeText(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot);/g, (entity) => entities[entity] ?? entity);
}

/** Placeholders of a piece of sanitised markup, in their places; texts between them stay as they are. */
function placed(text: string, placeOf: (index: number) => Place | undefined, misplaced: string[]): PlacedPart[] {
  return parseTemplate(text).map((part, index): PlacedPart => {
    if (typeof part === "string") return part;
    const place = placeOf(index);
    const fallback = part.fallback === undefined ? undefined : decodeText(part.fallback);
    if (place) return { placeholder: { path: part.path, fallback }, place };
    misplaced.push(part.path);
    // Shown to nobody: a block that holds this is not saved.
    return "";
  });
}

function placeInAttribute(name: string, value: string): (index: number) => Place | undefined {
  if (textAttributes.has(name)) return () => "attribute";
  if (!urlAttributes.has(name)) return () => undefined;
  return (index) => {
    if (index === 0) return "url";
    return value.startsWith("{{") || addressStart.test(value) ? "url-part" : undefined;
  };
}

const libraryPicture = /^<img\s(?:[^>]*?\s)?src="asset:([0-9a-f-]{36})(?:\/[a-z0-9_-]+)?"/i;

/** A picture of the library without an `alt`, empty or not, says what the library says of it in the language of the store view. */
function withLibraryText(text: string, parts: PlacedPart[]): PlacedPart[] {
  const id = libraryPicture.exec(text)?.[1];
  if (id === undefined || / alt="/i.test(text)) return parts;
  const placeholder = { path: altPathOf(id.toLowerCase()), fallback: "" };
  return ['<img alt="', { placeholder, place: "attribute", isAdded: true }, '"', ...withoutName(parts)];
}

/** The rest of a tag behind `<img`. */
function withoutName([first, ...rest]: readonly PlacedPart[]): PlacedPart[] {
  return typeof first === "string" ? [first.slice("<img".length), ...rest] : [];
}

function compileTag(text: string, misplaced: string[]): PlacedPart[] {
  return withLibraryText(text, placedInTag(text, misplaced));
}

function placedInTag(text: string, misplaced: string[]): PlacedPart[] {
  if (!text.includes("{{")) return [text];
  const parts: PlacedPart[] = [];
  let from = 0;
  for (const match of text.matchAll(attribute)) {
    const [whole, name = "", value = ""] = match;
    if (!value.includes("{{")) continue;
    const start = match.index + whole.length - value.length - 1;
    parts.push(text.slice(from, start), ...placed(value, placeInAttribute(name.toLowerCase(), value), misplaced));
    from = start + value.length;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Neighbouring texts as one: what has no placeholder is one text. */
function joined(parts: readonly PlacedPart[]): readonly PlacedPart[] {
  const short: PlacedPart[] = [];
  for (const part of parts) {
    const last = short.at(-1);
    if (typeof part === "string" && typeof last === "string") short[short.length - 1] = last + part;
    else if (part !== "") short.push(part);
  }
  return short;
}

export function compileMarkup(html: string): CompiledMarkup {
  const safe = sanitizeMarkup(html);
  if (!safe.includes("{{") && !safe.includes("asset:")) return { parts: safe === "" ? [] : [safe], misplaced: [] };
  const misplaced: string[] = [];
  const parts: PlacedPart[] = [];
  let from = 0;
  for (const match of safe.matchAll(tag)) {
    parts.push(...placed(safe.slice(from, match.index), () => "text", misplaced));
    parts.push(...compileTag(match[0], misplaced));
    from = match.index + match[0].length;
  }
  parts.push(...placed(safe.slice(from), () => "text", misplaced));
  return { parts: joined(parts), misplaced };
}
