import type { JsonObject } from "../../api/shapes.ts";

/** An event of a pasted text and the line, from 1, that it begins on. */
export type SplitEvent = { readonly event: JsonObject; readonly line: number };
export type TextFault = { readonly line: number; readonly kind: "json" | "open" | "between" };

const betweenEvents = /[\s,[\]]/;
const lists = ["messages", "events"];

/**
 * Takes a pasted text apart: events one below the other, a list of them, or a whole request with its list.
 *
 * Each event is read on its own, so that one that is broken is found at its line.
 */
export function splitEvents(text: string): {
  readonly events: readonly SplitEvent[];
  readonly faults: readonly TextFault[];
} {
  const events: SplitEvent[] = [];
  const faults: TextFault[] = [];
  let line = 1;
  let start = -1;
  let startLine = 1;
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === "\n") line += 1;
    if (isText) {
      if (sign === "\\") at += 1;
      else if (sign === '"') isText = false;
      continue;
    }
    if (sign === "{") {
      if (depth === 0) [start, startLine] = [at, line];
      depth += 1;
    } else if (depth === 0) {
      if (!betweenEvents.test(sign) && faults.at(-1)?.line !== line) faults.push({ line, kind: "between" });
    } else if (sign === '"') isText = true;
    else if (sign === "}") {
      depth -= 1;
      if (depth === 0) read(text.slice(start, at + 1), startLine, events, faults);
    }
  }
  if (depth > 0) faults.push({ line: startLine, kind: "open" });
  return { events, faults };
}

function read(text: string, line: number, events: SplitEvent[], faults: TextFault[]): void {
  try {
    // The text begins and ends with a brace.
    const event = JSON.parse(text) as JsonObject;
    for (const name of lists) {
      const list = event[name];
      if (!Array.isArray(list)) continue;
      for (const one of list) {
        if (typeof one === "object" && one !== null && !Array.isArray(one))
          events.push({ event: one as JsonObject, line });
        else faults.push({ line, kind: "json" });
      }
      return;
    }
    events.push({ event, line });
  } catch {
    faults.push({ line, kind: "json" });
  }
}
