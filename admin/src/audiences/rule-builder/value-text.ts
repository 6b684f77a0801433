import type { Json } from "../../api/shapes.ts";
import type { AttributeType } from "./operators.ts";

export function scalarToText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Text as typed; for a `json` attribute `3`, `true` and `null` are what they look like, because `"3"` is not 3. */
export function textToScalar(text: string, type: AttributeType): Json {
  if (type !== "json") return text;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text;
}

export function listToValues(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(scalarToText) : [];
}

export function valuesToList(texts: readonly string[], type: AttributeType): readonly Json[] {
  if (type !== "number") return texts.map((text) => textToScalar(text, type));
  return texts.map((text) => (Number.isNaN(Number(text)) ? text : Number(text)));
}
