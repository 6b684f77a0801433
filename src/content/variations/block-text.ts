// Where the texts of a block are, and how another text takes their place. Blocks have a default content and variants, of which the
// first that fits the visitor is shown.
import { isObject, type JsonObject } from "../../kernel/index.ts";
import type { FieldPath, Variation, VariationRun } from "./variation.ts";

const fieldPattern = /^\/(?:html|alt|json(?:\/[^/]{1,100}){1,10})$/;
const contentFields = ["html", "json", "link", "alt"] as const;
const maxVariants = 100;

const partsOf = (field: FieldPath) =>
  field
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

/** True for the place of a text that may have variants. */
export function isTextField(field: string): boolean {
  return fieldPattern.test(field);
}

/** The text at a place of a block; undefined when there is none. */
export function textAt(body: unknown, field: FieldPath): string | undefined {
  let value: unknown = body;
  for (const part of partsOf(field)) {
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isObject(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return typeof value === "string" ? value : undefined;
}

/** A copy of a value with another text at a place that holds one. */
function withText(value: unknown, [part, ...rest]: readonly string[], text: string): unknown {
  if (part === undefined) return text;
  if (Array.isArray(value))
    return value.map((item, index) => (index === Number(part) ? withText(item, rest, text) : item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === part ? withText(item, rest, text) : item]),
  );
}

/**
 * The body of a block with a variation in it. For an audience it is the first variant; the default content for everybody else
 * stays. Applying the same variation again gives the same body.
 */
export function applyVariation(
  body: JsonObject,
  run: Pick<VariationRun, "field" | "audienceKey" | "storeViews">,
  variation: Pick<Variation, "id" | "content">,
): JsonObject {
  const changed = withText(body, partsOf(run.field), variation.content);
  const content: JsonObject = isObject(changed) ? (changed as JsonObject) : body;
  if (run.audienceKey === null && run.storeViews === null) return content;
  const name = `variation ${variation.id}`;
  const given = body["variants"];
  const others = (Array.isArray(given) ? given : []).filter(
    (variant) => !isObject(variant) || variant["name"] !== name,
  );
  const fields = Object.fromEntries(
    contentFields.flatMap((field) => (content[field] === undefined ? [] : [[field, content[field]]])),
  );
  const variant: JsonObject = {
    name,
    ...(run.audienceKey === null ? {} : { audiences: [run.audienceKey] }),
    ...(run.storeViews === null ? {} : { storeViews: [...run.storeViews] }),
    ...fields,
  };
  return { ...body, variants: [variant, ...others].slice(0, maxVariants) };
}
