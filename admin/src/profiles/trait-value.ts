import type { Json } from "../api/shapes.ts";

export const traitKinds = ["text", "number", "truth", "json"] as const;
export type TraitKind = (typeof traitKinds)[number];

/** How a value is typed in. */
export function kindOfValue(value: Json | undefined): TraitKind {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "truth";
  return typeof value === "object" && value !== null ? "json" : "text";
}

/** What stands in the field before anybody typed. */
export function draftOfValue(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, typeof value === "object" ? 2 : 0);
}

/** @returns the value, or undefined when the text is none of its kind */
export function readTraitValue(text: string, kind: TraitKind): Json | undefined {
  switch (kind) {
    case "text":
      return text;
    case "truth":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "number": {
      const number = Number(text.trim());
      return text.trim() !== "" && Number.isFinite(number) ? number : undefined;
    }
    case "json":
      try {
        // What JSON.parse makes is JSON.
        return JSON.parse(text) as Json;
      } catch {
        // Half typed: said beside the field.
        return undefined;
      }
  }
}
