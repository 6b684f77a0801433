import type { ParsedPath } from "../../kernel/rules/index.ts";

/** How closely a field leads to a person, as the merchant's data classes say. */
export type FieldClass = {
  readonly kind: "trait" | "property";
  readonly name: string;
  readonly pii: "none" | "indirect" | "direct" | "sensitive";
};

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Whether values of an attribute may not be shown as suggestions: any part of its path is classed as leading to a person directly, or as
 * sensitive. Traits keep their classes wherever they are read, properties also as traits (`event.properties.firstName`).
 */
export function isPersonalPath({ keys }: ParsedPath, classes: readonly FieldClass[]): boolean {
  const personal = classes.filter(({ pii }) => pii === "direct" || pii === "sensitive");
  const names = new Set(personal.map(({ name }) => snake(name)));
  const whole = snake(keys.join("."));
  return names.has(whole) || keys.some((key) => names.has(snake(key)));
}
