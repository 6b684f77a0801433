import { isObject } from "../json.ts";
import { plainNumber } from "../plain-value.ts";
import { parseDuration, parseInstant, parseLocalDate } from "./time.ts";
import { checkDuration, checkZone } from "./validate-value.ts";
import { checkKeys, checkWord, fault, pointer, type Run } from "./validation.ts";

/** Checks a window and fills in its time zone. */
export function checkWindow(run: Run, at: string, window: unknown): void {
  if (!isObject(window)) {
    fault(run, at, "badWindow", 'a window is an object such as {"last": "30d"}');
    return;
  }
  if ("last" in window) checkSliding(run, at, window, "last");
  else if ("before" in window) checkSliding(run, at, window, "before");
  else if ("session" in window) checkSession(run, at, window);
  else if ("between" in window) checkBetween(run, at, window);
  else if ("calendar" in window) checkCalendar(run, at, window);
  else if ("since" in window || "until" in window) checkInstants(run, at, window);
  else if ("from" in window || "to" in window) checkDays(run, at, window);
  else fault(run, at, "badWindow", "write one of last, before, between, calendar, from/to, since/until, session");
}

function checkSliding(run: Run, at: string, window: Record<string, unknown>, key: string): void {
  checkKeys(run, at, window, { required: [key] });
  checkDuration(run, pointer(at, key), window[key]);
}

function checkSession(run: Run, at: string, window: Record<string, unknown>): void {
  checkSliding(run, at, window, "session");
  const timeout = parseDuration(window["session"]);
  const minutes = timeout === undefined ? undefined : timeout / 60_000;
  if (minutes !== undefined && (minutes < 30 || minutes > 90 * 24 * 60)) {
    fault(run, pointer(at, "session"), "badDuration", "a session ends after 30m to 90d without an event");
  }
}

function checkBetween(run: Run, at: string, window: Record<string, unknown>): void {
  checkKeys(run, at, window, { required: ["between"] });
  const pair = window["between"];
  const path = pointer(at, "between");
  if (!Array.isArray(pair) || pair.length !== 2) {
    fault(run, path, "badWindow", 'write two durations, the longer first: ["60d", "30d"]');
    return;
  }
  for (const [index, each] of pair.entries()) checkDuration(run, pointer(path, index), each);
  const [from, to] = pair.map(parseDuration);
  if (from !== undefined && to !== undefined && from <= to) {
    fault(run, path, "badWindow", "the longer duration comes first");
  }
}

function checkCalendar(run: Run, at: string, window: Record<string, unknown>): void {
  fillZone(run, at, window);
  checkKeys(run, at, window, { required: ["calendar", "timezone"], optional: ["offset"] });
  checkWord(run, pointer(at, "calendar"), window["calendar"], ["day", "week", "month", "quarter", "year"]);
  const { offset } = window;
  if (offset !== undefined && !(Number.isInteger(offset) && Math.abs(plainNumber(offset)) <= 3650)) {
    fault(run, pointer(at, "offset"), "badWindow", "offset is a whole number of periods, 0 the current one");
  }
}

function checkInstants(run: Run, at: string, window: Record<string, unknown>): void {
  checkKeys(run, at, window, { required: [], optional: ["since", "until"] });
  for (const key of ["since", "until"]) {
    if (window[key] !== undefined && !parseInstant(window[key])?.hasZone) {
      fault(run, pointer(at, key), "badWindow", "an ISO 8601 instant with its zone is expected here");
    }
  }
}

function checkDays(run: Run, at: string, window: Record<string, unknown>): void {
  fillZone(run, at, window);
  checkKeys(run, at, window, { required: ["timezone"], optional: ["from", "to"] });
  for (const key of ["from", "to"]) {
    if (window[key] !== undefined && parseLocalDate(window[key]) === undefined) {
      fault(run, pointer(at, key), "badWindow", "a day YYYY-MM-DD is expected here");
    }
  }
  const [from, to] = [parseLocalDate(window["from"]), parseLocalDate(window["to"])];
  if (from !== undefined && to !== undefined && from > to) fault(run, at, "badWindow", "from lies after to");
}

function fillZone(run: Run, at: string, window: Record<string, unknown>): void {
  window["timezone"] ??= run.options.timezone ?? "UTC";
  checkZone(run, pointer(at, "timezone"), window["timezone"]);
}
