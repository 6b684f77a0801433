// What a definition names, in parts: of each part it is known what comes of it when some of it, or all, is not live.
import type { DefinitionReference } from "../../definitions/index.ts";
import { isObject } from "../../kernel/index.ts";
import { namedAudiences } from "./named-audiences.ts";

/** Kinds of definitions that are looked at. */
export const lookedKinds = [
  "cart-price-rule",
  "catalog-price-rule",
  "offer",
  "offer-collection",
  "offer-policy",
  "block",
  "block-rotation",
] as const;
export type LookedKind = (typeof lookedKinds)[number];

export type Named = { readonly kind: string; readonly key: string };

export type NamedPart = {
  /** `one`: one of them is enough; `each`: every one is needed; `none`: it does what it is for without them. */
  readonly need: "one" | "each" | "none";
  /** What comes of it when it lacks what it needs; of a part that it does not need, when any is gone. */
  readonly without: string;
  /** What comes of it when some are gone, and it has what it needs. */
  readonly some: string;
  readonly names: readonly Named[];
};

type Use = Omit<NamedPart, "names"> & {
  /** Of the paths of its names. */
  readonly at: RegExp;
};

const use = (at: RegExp, need: Use["need"], without: string, some = without): Use => ({ at, need, without, some });

const audiencesOf = (isEach: boolean) =>
  use(/^\/audiences\//, isEach ? "each" : "one", "nobody gets it", "only members of the others get it");
const blocksOfRule = use(/^\/blocks\//, "none", "they are not shown with it");
const ofRule = use(/^\/rule/, "none", "for its rule nobody is a member");

/** The first that fits a path tells what a name is for; names that none fits are of no consequence. */
const usesOf: Readonly<Record<LookedKind, (matchesAll: boolean) => readonly Use[]>> = {
  "cart-price-rule": () => [
    use(/^\/group$/, "each", "it runs by itself, beside all other rules"),
    use(/^\/conditions/, "none", "for its conditions nobody is a member"),
    blocksOfRule,
  ],
  "catalog-price-rule": () => [audiencesOf(false), blocksOfRule],
  offer: (matchesAll) => [
    audiencesOf(matchesAll),
    use(/^\/representations\//, "one", "it is shown nowhere", "it is not shown there"),
    use(/^\/cartRule\//, "each", "it is never shown"),
    ofRule,
  ],
  "offer-collection": () => [use(/^\/offers\//, "one", "the collection is empty", "they are left out")],
  "offer-policy": (matchesAll) => [
    audiencesOf(matchesAll),
    use(/^\/placements\//, "one", "it decides nowhere", "it decides nothing there"),
    use(/^\/entries\/\d+\/(?:audiences|ranking)\//, "none", "for that entry nobody is a member"),
    use(/^\/entries\//, "one", "it has nothing to choose from", "those entries are left out"),
    use(/^\/fallback$/, "none", "places with too few offers stay empty"),
    ofRule,
  ],
  block: () => [
    audiencesOf(false),
    use(/^\/externalAudiences\//, "one", "nobody gets it", "only members of the others get it"),
    use(/^\/(?:cart|catalog)PriceRules\//, "one", "nobody gets it", "it is shown with the others"),
    use(/^\/variants\//, "none", "variants for them alone are not shown"),
    ofRule,
  ],
  "block-rotation": () => [
    audiencesOf(false),
    use(/^\/blocks\//, "one", "it shows nothing", "they are left out"),
    ofRule,
  ],
};

/** @param references that the kind of the definition tells of its body; audiences of its rules are found here */
export function namedParts(
  kind: LookedKind,
  body: unknown,
  references: readonly DefinitionReference[],
): readonly NamedPart[] {
  const uses = usesOf[kind](isObject(body) && body["audienceMatch"] === "all");
  const inRules = namedAudiences(body).map((key) => ({ kind: "audience", key, path: "/rule" }));
  const byUse = new Map<Use, Named[]>();
  for (const { kind: ofKind, key, path } of [...references, ...inRules]) {
    const own = uses.find(({ at }) => at.test(path));
    if (!own) continue;
    const names = byUse.get(own) ?? [];
    byUse.set(own, names);
    if (!names.some((each) => each.kind === ofKind && each.key === key)) names.push({ kind: ofKind, key });
  }
  return [...byUse].map(([{ need, without, some }, names]) => ({ need, without, some, names }));
}
