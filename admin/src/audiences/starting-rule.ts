import type { JsonObject } from "../api/shapes.ts";

/** A rule that asks nothing yet. */
export const startingRule: JsonObject = { all: [] };
