import { isObject } from "../kernel/index.ts";

/** One difference. `before` or `after` is absent where the value is absent; `path` is a JSON pointer. */
export type Difference = { readonly path: string; readonly before?: unknown; readonly after?: unknown };

const maxDifferences = 1000;
const escapePointer = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");

function isEqual(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function compareLists(before: readonly unknown[], after: readonly unknown[], path: string, found: Difference[]): void {
  // Without this an insertion at the front of a long list would show every entry as changed.
  let head = 0;
  while (head < before.length && head < after.length && isEqual(before[head], after[head])) head += 1;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    isEqual(before.at(-1 - tail), after.at(-1 - tail))
  )
    tail += 1;
  const common = Math.min(before.length, after.length) - head - tail;
  for (let at = head; at < head + common; at += 1) compare(before[at], after[at], `${path}/${at}`, found);
  for (let at = head + common; at < before.length - tail; at += 1)
    found.push({ path: `${path}/${at}`, before: before[at] });
  for (let at = head + common; at < after.length - tail; at += 1)
    found.push({ path: `${path}/${at}`, after: after[at] });
}

function compare(before: unknown, after: unknown, path: string, found: Difference[]): void {
  if (found.length >= maxDifferences || isEqual(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, path, found);
    return;
  }
  if (!isObject(before) || !isObject(after)) {
    found.push({ path, before, after });
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const at = `${path}/${escapePointer(key)}`;
    if (!Object.hasOwn(after, key)) found.push({ path: at, before: before[key] });
    else if (!Object.hasOwn(before, key)) found.push({ path: at, after: after[key] });
    else compare(before[key], after[key], at, found);
  }
}

/** The smallest changed parts between two JSON values, at most 1,000. */
export function diffJson(before: unknown, after: unknown): readonly Difference[] {
  const found: Difference[] = [];
  compare(before, after, "", found);
  return found.slice(0, maxDifferences);
}
