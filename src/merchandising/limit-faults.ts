import type { DefinitionKind } from "../definitions/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";

type CheckContext = Parameters<NonNullable<DefinitionKind<unknown>["check"]>>[1];

/** A fault when as many definitions of a kind are live already as requests can afford to look at. */
export function limitFaults(kind: string, most: number, { key, live }: CheckContext): readonly ErrorDetail[] {
  const others = live(kind);
  if (others.length < most || others.some((each) => each.key === key)) return [];
  return [{ path: "", code: "tooMany", message: `at most ${most} of this kind can be live: pause or archive one` }];
}
