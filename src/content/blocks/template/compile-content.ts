import type { JsonObject, JsonValue } from "../../../kernel/index.ts";
import { type BlockContent, isSafeLink } from "../block.ts";
import { compileMarkup, type Place, type PlacedPart } from "./compile-markup.ts";
import { type Placeholder, parseTemplate } from "./placeholder.ts";

/** Value of a path as shoppers read it; undefined = there is none. */
export type Lookup = (path: string) => string | undefined;

export type FilledContent = {
  readonly html?: string;
  readonly json?: JsonObject;
  readonly link?: string;
  readonly alt?: string;
};
export type Filled =
  | { readonly ok: true; readonly content: FilledContent }
  /** A value is missing and the placeholder says nothing for that case. */
  | { readonly ok: false; readonly missing: string };

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A piece of an address: nothing in it ends the piece or begins a scheme. Half a surrogate pair has no encoding. */
function encodePiece(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "")).replaceAll("'", "%27");
}

type Read = (placeholder: Placeholder) => string;

/** Reads values, and remembers the first path that has none and says nothing for that case. */
function createReader(lookup: Lookup): { readonly read: Read; readonly missing: () => string | undefined } {
  let missing: string | undefined;
  return {
    read: ({ path, fallback }) => {
      const value = lookup(path);
      if (value !== undefined && value !== "") return value;
      if (fallback === undefined) missing ??= path;
      return fallback ?? "";
    },
    missing: () => missing,
  };
}

function render(value: string, place: Place): string {
  switch (place) {
    case "text":
    case "attribute":
      return escapeMarkup(value);
    case "url":
      return escapeMarkup(isSafeLink(value) ? value : "#");
    case "url-part":
      return escapeMarkup(encodePiece(value));
  }
}

function fillMarkup(parts: readonly PlacedPart[], read: Read): string {
  return parts.map((part) => (typeof part === "string" ? part : render(read(part.placeholder), part.place))).join("");
}

function fillText(text: string, read: Read): string {
  return parseTemplate(text)
    .map((part) => (typeof part === "string" ? part : read(part)))
    .join("");
}

/** An address with its placeholders filled; undefined for one that is not safe to follow. */
function fillLink(link: string, read: Read): string | undefined {
  const filled = parseTemplate(link)
    .map((part, index) => {
      if (typeof part === "string") return part;
      const value = read(part);
      return index === 0 ? value : encodePiece(value);
    })
    .join("");
  return isSafeLink(filled) ? filled : undefined;
}

function fillJson(value: JsonValue, read: Read): JsonValue {
  if (typeof value === "string") return fillText(value, read);
  if (Array.isArray(value)) return value.map((each) => fillJson(each, read));
  if (typeof value !== "object" || value === null) return value;
  // Defines each key, `__proto__` too, as an own one.
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillJson(each, read)]));
}

export type CompiledContent = { readonly fill: (lookup: Lookup) => Filled };

/** What a content shows to whoever looks at it; compiled once, since sanitising takes longer than the rest of a decision. */
export function compileContent({ html, json, link, alt }: BlockContent): CompiledContent {
  const markup = html === undefined ? undefined : compileMarkup(html).parts;
  const fixed = !markup?.some((part) => typeof part !== "string") && !JSON.stringify([json, link, alt]).includes("{{");
  const fillAll = (read: Read): FilledContent => {
    const address = link === undefined ? undefined : fillLink(link, read);
    return {
      ...(markup === undefined ? {} : { html: fillMarkup(markup, read) }),
      ...(address === undefined ? {} : { link: address }),
      ...(alt === undefined ? {} : { alt: fillText(alt, read) }),
      // Filled JSON of an object is an object.
      ...(json === undefined ? {} : { json: fillJson(json, read) as JsonObject }),
    };
  };
  let known: Filled | undefined;
  return {
    fill: (lookup) => {
      if (known) return known;
      const { read, missing } = createReader(lookup);
      const content = fillAll(read);
      const path = missing();
      if (path !== undefined) return { ok: false, missing: path };
      const filled: Filled = { ok: true, content };
      if (fixed) known = filled;
      return filled;
    },
  };
}

const compiledByContent = new WeakMap<BlockContent, CompiledContent>();

/** The compiled form of a content of an immutable definition. */
export function compiledOf(content: BlockContent): CompiledContent {
  const known = compiledByContent.get(content);
  if (known) return known;
  const made = compileContent(content);
  compiledByContent.set(content, made);
  return made;
}
