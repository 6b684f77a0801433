import { isObject } from "../../kernel/index.ts";
import type { CompiledRule } from "../../kernel/rules/index.ts";

/** What rules ask of a shopper, so that only that is copied to the thread. */
export type RuleNeeds = {
  /** First names of profile attributes. */
  readonly profile: ReadonlySet<string>;
  readonly audiences: ReadonlySet<string>;
  readonly leaves: ReadonlySet<string>;
  readonly collections: ReadonlySet<string>;
  /** `category` or `category/channel`. */
  readonly consents: ReadonlySet<string>;
  readonly lists: ReadonlySet<string>;
  /** Kinds of conditions that the past cannot answer. */
  readonly unanswered: ReadonlySet<string>;
};

/** Their state belongs to the moment of the call. */
const unanswerable = new Set(["subscription", "journey", "message", "geo"]);
const maxNodes = 1_000_000;

/** Walks trees of the rule language, whatever else they hold. */
export function needsOf(
  trees: readonly { readonly node: unknown; readonly rule: Pick<CompiledRule, "audiences" | "eventLeaves"> }[],
): RuleNeeds {
  const profile = new Set<string>();
  const [collections, consents] = [new Set<string>(), new Set<string>()];
  const [lists, unanswered] = [new Set<string>(), new Set<string>()];
  const open: unknown[] = trees.map(({ node }) => node);
  for (let seen = 0; open.length > 0 && seen < maxNodes; seen += 1) {
    const value = open.pop();
    if (typeof value === "string") {
      const [, name] = /^profile\.((?:\\.|[^.\\])+)/.exec(value) ?? [];
      if (name !== undefined) profile.add(name.replaceAll("\\.", "."));
      continue;
    }
    if (Array.isArray(value)) {
      open.push(...value);
      continue;
    }
    if (!isObject(value)) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (unanswerable.has(key) && isObject(inner)) unanswered.add(key);
      if (key === "of" && typeof inner === "string") collections.add(inner);
      if (key === "consent" && isObject(inner)) consents.add(consentKey(inner));
      if (key === "list" && isObject(inner) && typeof inner["id"] === "string") lists.add(inner["id"]);
      open.push(inner);
    }
  }
  return {
    ...{ profile, collections, consents, lists, unanswered },
    audiences: new Set(trees.flatMap(({ rule }) => rule.audiences)),
    leaves: new Set(trees.flatMap(({ rule }) => rule.eventLeaves.map(({ hash }) => hash))),
  };
}

function consentKey(leaf: Readonly<Record<string, unknown>>): string {
  const { category, channel } = leaf as { category?: unknown; channel?: unknown };
  return typeof channel === "string" ? `${String(category)}/${channel}` : String(category);
}
