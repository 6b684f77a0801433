import type { AttributeSpec } from "../kernel/rules/index.ts";
import type { Model } from "./model.ts";

/** Attributes that rules may name because models write them; those of every shop are in the catalog of audiences. */
const standard: readonly AttributeSpec[] = [
  { path: "profile.spend_90d", type: "money", label: "Expected spend of the next 90 days" },
];

export function modelAttributes(models: readonly Model[]): readonly AttributeSpec[] {
  return [
    ...standard,
    ...models.flatMap(({ key, label, settings }): AttributeSpec[] =>
      settings.kind === "lookalike" ? [{ path: `profile.${key}`, type: "number", label }] : [],
    ),
  ];
}
