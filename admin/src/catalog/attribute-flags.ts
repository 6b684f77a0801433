export const flagNames = ["searchable", "filterable", "filterableInSearch", "sortable", "usedForPromoRules"] as const;
export type Flag = (typeof flagNames)[number];

export type Attribute = Readonly<Record<Flag, boolean>> & {
  readonly code: string;
  readonly label: string;
  readonly input: string;
  readonly options: readonly string[];
  readonly searchWeight: number;
  /** Set here against what the shop says; absent = none. */
  readonly chosen?: Readonly<Partial<Record<Flag, boolean>>>;
};

/** Flags to set; null = as the shop says again. */
export type FlagChanges = Readonly<Partial<Record<Flag, boolean | null>>>;

/** What brings the flags of these changes back to what they are now. */
export function undoOf({ chosen = {} }: Pick<Attribute, "chosen">, changes: FlagChanges): FlagChanges {
  return Object.fromEntries(
    flagNames.filter((flag) => changes[flag] !== undefined).map((flag) => [flag, chosen[flag] ?? null]),
  );
}
