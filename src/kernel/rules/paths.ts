import { isObject } from "../json.ts";

/** The subject a path starts with. */
export type Subject = "profile" | "event" | "cart" | "item" | "product" | "matched" | "context";

const subjects: ReadonlySet<string> = new Set<Subject>([
  "profile",
  "event",
  "cart",
  "item",
  "product",
  "matched",
  "context",
]);

export type ParsedPath = { readonly subject: Subject; readonly keys: readonly string[] };

/** Splits at dots that are not escaped: `a.b\.c` is `["a", "b.c"]`. */
export function splitPath(path: string): readonly string[] {
  const parts: string[] = [];
  let current = "";
  for (let at = 0; at < path.length; at += 1) {
    const char = path[at];
    if (char === "\\" && path[at + 1] === ".") {
      current += ".";
      at += 1;
    } else if (char === ".") {
      parts.push(current);
      current = "";
    } else {
      current += char;
    }
  }
  parts.push(current);
  return parts;
}

/** @returns undefined when the path does not start with a subject, has an empty key, or names a subject other than `item` alone */
export function parsePath(path: string): ParsedPath | undefined {
  const [subject = "", ...keys] = splitPath(path);
  if (!isSubject(subject) || keys.some((key) => key === "")) return undefined;
  if (keys.length === 0 && subject !== "item") return undefined;
  return { subject, keys };
}

function isSubject(text: string): text is Subject {
  return subjects.has(text);
}

type Reader = (root: unknown) => unknown;

/**
 * Compiles keys to a reader that never walks into lists or into members that every object inherits.
 * One and two keys, nearly all paths there are, get a body without a loop.
 */
export function readerOf(keys: readonly string[]): Reader {
  if (keys.some((key) => key in Object.prototype)) return (root) => readOwn(root, keys);
  const [first, second] = keys;
  if (first === undefined) return (root) => root;
  if (second === undefined) return (root) => (isObject(root) ? root[first] : undefined);
  if (keys.length === 2) {
    return (root) => {
      const inner = isObject(root) ? root[first] : undefined;
      return isObject(inner) ? inner[second] : undefined;
    };
  }
  return (root) => {
    let value = root;
    for (const key of keys) {
      if (!isObject(value)) return undefined;
      value = value[key];
    }
    return value;
  };
}

function readOwn(root: unknown, keys: readonly string[]): unknown {
  let value = root;
  for (const key of keys) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
