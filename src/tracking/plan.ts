import { Type } from "typebox";
import type { DefinitionKind } from "../definitions/index.ts";
import { schemaFaults } from "./schema-subset.ts";

/** What happens to an event that breaks the plan: only counted; stripped of unplanned properties; sent to the dead letters. */
export type PlanMode = "observe" | "omit" | "block";

export type PlannedEvent = {
  readonly description?: string;
  /** JSON Schema (the subset of docs/manual/tracking-plans.md) of the event's properties. */
  readonly schema?: unknown;
};

export type PlanBody = {
  readonly description?: string;
  /** Sources that the plan is for; empty = all that no other live plan names. */
  readonly sources: readonly string[];
  readonly mode: PlanMode;
  /** Deviations from `mode` by source. */
  readonly modes?: Readonly<Record<string, PlanMode>>;
  /** Schema of the properties of every event. */
  readonly common?: unknown;
  /** By canonical event name. */
  readonly events: Readonly<Record<string, PlannedEvent>>;
};

const mode = Type.Enum(["observe", "omit", "block"]);
const maxEvents = 500;

/** The definition kind `tracking-plan`. */
export function createPlanKind(): DefinitionKind<PlanBody> {
  return {
    kind: "tracking-plan",
    label: "Tracking plan",
    schema: Type.Object(
      {
        description: Type.Optional(Type.String({ maxLength: 2_000 })),
        sources: Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
          maxItems: 100,
          description: "Sources that the plan is for; empty = all that no other live plan names",
        }),
        mode,
        modes: Type.Optional(Type.Record(Type.String({ maxLength: 60 }), mode)),
        common: Type.Optional(Type.Unknown({ description: "JSON Schema of the properties of every event" })),
        events: Type.Record(
          Type.String({ minLength: 1, maxLength: 200 }),
          Type.Object(
            {
              description: Type.Optional(Type.String({ maxLength: 2_000 })),
              schema: Type.Optional(Type.Unknown({ description: "JSON Schema of the event's properties" })),
            },
            { additionalProperties: false },
          ),
          { maxProperties: maxEvents },
        ),
      },
      { additionalProperties: false },
    ),
    check: (body) => [
      ...(body.common === undefined ? [] : schemaFaults(body.common, "/common")),
      ...Object.entries(body.events).flatMap(([name, event]) =>
        event.schema === undefined ? [] : schemaFaults(event.schema, `/events/${escapePointer(name)}/schema`),
      ),
    ],
  };
}

function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
