import type { LiveDefinition } from "../definitions/index.ts";
import type { CompiledRule, EventLeafSpec } from "../kernel/rules/index.ts";
import type { AudienceBody } from "./audience-kind.ts";
import type { AudienceRules } from "./audience-rules.ts";
import { indexLeaves, type LeafIndex } from "./leaf-state.ts";

export type LiveAudience = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly window: LiveDefinition<AudienceBody>["window"];
  readonly rule: CompiledRule;
};

/** All live audiences, compiled; replaced as a whole when one of them changes. */
export type AudienceSet = {
  /** An audience comes after those that its rule names. */
  readonly audiences: readonly LiveAudience[];
  /** By id and by key. */
  readonly byReference: ReadonlyMap<string, LiveAudience>;
  readonly leaves: ReadonlyMap<string, EventLeafSpec>;
  readonly leafIndex: LeafIndex;
};

export function buildAudienceSet(
  live: readonly LiveDefinition<AudienceBody>[],
  rules: Pick<AudienceRules, "compile">,
): AudienceSet {
  const references = new Set(live.flatMap(({ id, key }) => [id, key]));
  const exists = (kind: string, id: string): boolean => kind !== "audience" || references.has(id);
  const compiled = live.map(({ id, key, name, version, window, body }): LiveAudience => {
    const rule = rules.compile(body.rule, { timezone: body.timezone, use: "audience", exists });
    return { id, key, name, version, window, rule };
  });
  const byReference = new Map(
    compiled.flatMap((audience) => [[audience.id, audience] as const, [audience.key, audience] as const]),
  );
  const leaves = new Map(compiled.flatMap(({ rule }) => rule.eventLeaves.map((leaf) => [leaf.hash, leaf] as const)));
  return { audiences: inOrder(compiled, byReference), byReference, leaves, leafIndex: indexLeaves(leaves.values()) };
}

/** Dependencies first. Saving refuses cycles; should one be there, its members judge each other by stored membership. */
function inOrder(
  audiences: readonly LiveAudience[],
  byReference: ReadonlyMap<string, LiveAudience>,
): readonly LiveAudience[] {
  const placed = new Set<LiveAudience>();
  const visit = (audience: LiveAudience): void => {
    if (placed.has(audience)) return;
    placed.add(audience);
    for (const reference of audience.rule.audiences) {
      const other = byReference.get(reference);
      if (other) visit(other);
    }
    ordered.push(audience);
  };
  const ordered: LiveAudience[] = [];
  for (const audience of audiences) visit(audience);
  return ordered;
}
