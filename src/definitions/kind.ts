import type { TSchema } from "typebox";
import type { ErrorDetail } from "../kernel/index.ts";

/** Store views a definition applies to; null = all. */
export type DefinitionScope = { readonly storeViews: readonly string[] | null };

/**
 * When a definition is in effect, half-open. `from` and `to` are ISO times; one without an offset is local time of
 * `timezone` (IANA). Null = no bound.
 */
export type DefinitionSchedule = {
  readonly from: string | null;
  readonly to: string | null;
  readonly timezone: string;
};

export type DefinitionStatus = "draft" | "in_review" | "scheduled" | "live" | "paused" | "ended" | "archived";

/** A use of one definition by another; `path` is a JSON pointer into the body of the user. */
export type DefinitionReference = { readonly kind: string; readonly key: string; readonly path: string };

/** One published definition as the hot path reads it. Frozen by convention: never change it. */
export type LiveDefinition<B> = {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly scope: DefinitionScope;
  readonly schedule: DefinitionSchedule | null;
  /** The schedule in Unix milliseconds; null = no bound. */
  readonly window: { readonly fromMs: number | null; readonly toMs: number | null };
  readonly body: B;
  /** Unix milliseconds. */
  readonly updatedAt: number;
};

/** What a check may look at beside the body. */
export type DefinitionCheckContext = {
  readonly key: string;
  readonly scope: DefinitionScope;
  /** Live definitions of any kind, from memory. */
  readonly live: <B>(kind: string) => readonly LiveDefinition<B>[];
};

/** One kind of thing that merchandisers and marketers edit. `B` is the type of its body. */
export type DefinitionKind<B> = {
  /** Name in paths, e.g. `audience`: lower case, digits and hyphens. */
  readonly kind: string;
  /** Name for people, e.g. `Audience`. */
  readonly label: string;
  /** JSON schema of the body; every fault of it is reported at once. */
  readonly schema: TSchema;
  /** Faults beyond the schema; called only with a body that fits it. Paths are JSON pointers into the body. */
  check?(body: B, context: DefinitionCheckContext): readonly ErrorDetail[] | Promise<readonly ErrorDetail[]>;
  /** Other definitions that the body uses: must exist when saved, and be published when this one is. */
  references?(body: B): readonly DefinitionReference[];
};
