// Who goes by what a model writes: rules name it as `profile.<trait>`, wherever in a definition they stand.
import type { JsonValue } from "../kernel/index.ts";

export type UsingDefinition = {
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  readonly status: string;
  readonly body: unknown;
};

export type TraitUse = {
  /** JSON pointer, `/<kind>/<key>` first. */
  readonly path: string;
  readonly name: string;
  readonly status: string;
};

const pointerPart = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

function pathsOf(value: JsonValue, names: (text: string) => boolean, path: string): readonly string[] {
  if (typeof value === "string") return names(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => pathsOf(each, names, `${path}/${pointerPart(key)}`));
}

/** Each place that names the trait, in rules as in texts with placeholders. */
export function usesOfTrait(trait: string, definitions: readonly UsingDefinition[]): readonly TraitUse[] {
  const escaped = trait.replaceAll(/[^A-Za-z0-9_]/g, "\\$&");
  const pattern = new RegExp(`(^|[^\\w.])profile\\.${escaped}(?!\\w)`);
  return definitions.flatMap(({ kind, key, name, status, body }) =>
    // Bodies come from JSON.
    pathsOf(body as JsonValue, (text) => pattern.test(text), `/${kind}/${key}`).map((path) => ({ path, name, status })),
  );
}
