/** One place where two documents differ; `path` is a JSON pointer. Absent on one side = undefined. */
export type Change = { readonly path: string; readonly before: unknown; readonly after: unknown };

/** Differences of two JSON documents, in document order; lists are compared place by place. */
export function diffJson(before: unknown, after: unknown, path = ""): readonly Change[] {
  if (Object.is(before, after)) return [];
  if (isContainer(before) && isContainer(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      diffJson(
        Reflect.get(before, key),
        Reflect.get(after, key),
        `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
      ),
    );
  }
  return [{ path: path || "/", before, after }];
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
