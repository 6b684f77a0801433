import type { LiveDefinition } from "../definitions/index.ts";
import type { CompiledRule, EventLeafSpec } from "../kernel/rules/index.ts";
import type { AudienceBody } from "./audience-kind.ts";
import type { AudienceRules } from "./audience-rules.ts";
import { givenRule } from "./given-members.ts";
import { indexLeaves, type LeafIndex } from "./leaf-state.ts";

export type LiveAudience = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly window: LiveDefinition<AudienceBody>["window"];
  readonly body: AudienceBody;
  /** Store views in which the audience counts; null = all. */
  readonly storeViews: readonly string[] | null;
  readonly rule: CompiledRule;
  /** The version before, which serves until everything that this one needs is there. */
  readonly before: ServedRule | undefined;
};

type ServedRule = { readonly version: number; readonly body: AudienceBody; readonly rule: CompiledRule };

/** All live audiences, compiled; replaced as a whole when one of them changes. */
export type AudienceSet = {
  /** An audience comes after those that its rule names. */
  readonly audiences: readonly LiveAudience[];
  /** By id and by key. */
  readonly byReference: ReadonlyMap<string, LiveAudience>;
  /** By hash, those of versions that still serve included. */
  readonly leaves: ReadonlyMap<string, EventLeafSpec>;
  readonly leafIndex: LeafIndex;
  /** Hashes of leaves that are judged for the members of accounts. */
  readonly accountLeaves: readonly string[];
  /** Ids of audiences that look at the request, by themselves or through another: they have no stored members. */
  readonly inCall: ReadonlySet<string>;
};

export type AudienceSetDeps = {
  readonly rules: Pick<AudienceRules, "compile">;
  /** The version by which everybody was judged last. */
  readonly servedOf: (audienceId: string) => { readonly version: number; readonly body: AudienceBody } | null;
  /** Whether the past events of leaves are collected. */
  readonly isReady: (leaves: readonly EventLeafSpec[]) => boolean;
  /** Whether an uploaded list is there; default all are. */
  readonly hasList?: (reference: string) => boolean;
};

export function buildAudienceSet(live: readonly LiveDefinition<AudienceBody>[], deps: AudienceSetDeps): AudienceSet {
  const references = new Set(live.flatMap(({ id, key }) => [id, key]));
  const exists = (kind: string, id: string): boolean =>
    kind === "audience" ? references.has(id) : kind !== "list" || (deps.hasList?.(id) ?? true);
  const compile = (
    id: string,
    body: AudienceBody,
    { storeViews }: LiveDefinition<AudienceBody>["scope"],
  ): CompiledRule => {
    if (body.imported) return givenRule(id, body.imported);
    return deps.rules.compile(body.rule, { timezone: body.timezone, use: "audience", exists, storeViews });
  };
  const compiled = live.map(({ id, key, name, version, window, scope, body }): LiveAudience => {
    const rule = compile(id, body, scope);
    const served = deps.isReady(rule.eventLeaves) ? null : deps.servedOf(id);
    const before =
      served && served.version !== version ? { ...served, rule: compile(id, served.body, scope) } : undefined;
    return { id, key, name, version, window, body, storeViews: scope.storeViews, rule, before };
  });
  const byReference = new Map(
    compiled.flatMap((audience) => [[audience.id, audience] as const, [audience.key, audience] as const]),
  );
  const inUse = compiled.flatMap(({ rule, before }) => [...rule.eventLeaves, ...(before?.rule.eventLeaves ?? [])]);
  const ofAccounts = compiled.flatMap(({ rule, before }) => [rule.accountLeaves, before?.rule.accountLeaves]);
  const accountLeaves = [...new Set(ofAccounts.flatMap((hashes) => hashes ?? []))];
  const leaves = new Map(inUse.map((leaf) => [leaf.hash, leaf] as const));
  const audiences = inOrder(compiled, byReference);
  const inCall = new Set<string>();
  for (const { id, rule } of audiences)
    if (rule.usesContext || rule.audiences.some((each) => inCall.has(byReference.get(each)?.id ?? ""))) inCall.add(id);
  return { audiences, byReference, leaves, leafIndex: indexLeaves(leaves.values()), accountLeaves, inCall };
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
    for (const reference of [...audience.rule.audiences, ...(audience.before?.rule.audiences ?? [])]) {
      const other = byReference.get(reference);
      if (other) visit(other);
    }
    ordered.push(audience);
  };
  const ordered: LiveAudience[] = [];
  for (const audience of audiences) visit(audience);
  return ordered;
}
