// Everything that hangs together with late messages, by evidence or by a profile: what must be run again as a whole.
import type { Identifier } from "../collect/index.ts";
import type { IdentityGraph } from "./identity-graph.ts";
import { type IdentityMessage, identifierKey, identifierOfKey, identifiersOf, messageOf } from "./identity-message.ts";
import type { IdentityRules } from "./identity-rules.ts";
import type { StoredEvidence } from "./replay-identity.ts";
import type { IdentityStore } from "./store-identity.ts";

/** Bounds of one component; beyond them its messages are taken as if they had come in order. */
const maxKeys = 1_000;
const maxRows = 10_000;
/** Bound of all components of a batch together. */
const maxRowsOfBatch = 200_000;
const maxRounds = 30;

export type ComponentDeps = {
  readonly identity: Pick<IdentityStore, "evidenceOf">;
  readonly load: (identifiers: ReadonlyMap<string, Identifier>) => Promise<IdentityGraph>;
  readonly rules: IdentityRules;
};

export type Component = {
  readonly keys: ReadonlySet<string>;
  readonly evidence: readonly StoredEvidence[];
  /** Messages of the batch that belong to it. */
  readonly messages: readonly IdentityMessage[];
};

export type LoadedComponents = {
  readonly graph: IdentityGraph;
  readonly components: readonly Component[];
  /** Late messages whose component is beyond the bounds. */
  readonly tooLarge: readonly IdentityMessage[];
};

/** Which keys belong together (union-find with path halving). */
function createGroups() {
  const parents = new Map<string, string>();
  const sizes = new Map<string, number>();
  const rootOf = (key: string): string => {
    let at = key;
    for (let up = parents.get(at); up !== undefined && up !== at; up = parents.get(at)) {
      const above = parents.get(up) ?? up;
      parents.set(at, above);
      at = above;
    }
    return at;
  };
  const add = (key: string): void => {
    if (parents.has(key)) return;
    parents.set(key, key);
    sizes.set(key, 1);
  };
  return {
    has: (key: string): boolean => parents.has(key),
    keys: (): IterableIterator<string> => parents.keys(),
    count: (): number => parents.size,
    rootOf,
    sizeOf: (key: string): number => sizes.get(rootOf(key)) ?? 0,
    join: (keys: readonly string[]): void => {
      const [first] = keys;
      if (first === undefined) return;
      add(first);
      for (const key of keys) {
        add(key);
        const [a, b] = [rootOf(first), rootOf(key)];
        if (a === b) continue;
        parents.set(b, a);
        sizes.set(a, (sizes.get(a) ?? 1) + (sizes.get(b) ?? 1));
      }
    },
  };
}

type Groups = ReturnType<typeof createGroups>;

const keysOf = (message: IdentityMessage, rules: IdentityRules): readonly string[] =>
  identifiersOf(message, rules).map(identifierKey);

/** Keys of evidence with what follows from them. */
function keysOfRow(row: StoredEvidence, rules: IdentityRules): readonly string[] {
  return row.isCheckpoint ? row.keys : [...row.keys, ...keysOf(messageOf(row.body as IdentityMessage), rules)];
}

/** Joins what one round of reading found to belong together. */
function grow(
  groups: Groups,
  graph: IdentityGraph,
  evidence: readonly StoredEvidence[],
  batch: readonly (readonly string[])[],
  rules: IdentityRules,
): void {
  for (const row of evidence) groups.join(keysOfRow(row, rules));
  for (const profile of graph.profiles.values()) {
    const keys = profile.links.map(identifierKey);
    if (keys.some(groups.has)) groups.join(keys);
  }
  for (const keys of batch) if (keys.some(groups.has)) groups.join(keys);
}

function partition(
  groups: Groups,
  evidence: readonly StoredEvidence[],
  batch: readonly IdentityMessage[],
  keysOfMessage: ReadonlyMap<IdentityMessage, readonly string[]>,
): readonly Component[] {
  const byRoot = new Map<string, { keys: Set<string>; evidence: StoredEvidence[]; messages: IdentityMessage[] }>();
  for (const key of groups.keys()) {
    const root = groups.rootOf(key);
    const component = byRoot.get(root);
    if (component) component.keys.add(key);
    else byRoot.set(root, { keys: new Set([key]), evidence: [], messages: [] });
  }
  for (const row of evidence) byRoot.get(groups.rootOf(row.keys[0] ?? ""))?.evidence.push(row);
  for (const message of batch) {
    const key = keysOfMessage.get(message)?.[0];
    if (key !== undefined && groups.has(key)) byRoot.get(groups.rootOf(key))?.messages.push(message);
  }
  return [...byRoot.values()];
}

/**
 * The components of late messages. The graph is read before the evidence: a writer in between has changed the version of a
 * profile, which is noticed when the batch is written.
 *
 * @param base identifiers of the whole batch
 */
export async function loadComponents(
  late: readonly IdentityMessage[],
  batch: readonly IdentityMessage[],
  base: ReadonlyMap<string, Identifier>,
  deps: ComponentDeps,
): Promise<LoadedComponents> {
  const groups = createGroups();
  const keysOfMessage = new Map(batch.map((message) => [message, keysOf(message, deps.rules)]));
  for (const message of late) groups.join(keysOfMessage.get(message) ?? []);
  for (let round = 1; ; round += 1) {
    const before = groups.count();
    // What has grown beyond the bound is not followed any further.
    const followed = [...groups.keys()].filter((key) => groups.sizeOf(key) <= maxKeys);
    const wanted = new Map(base);
    for (const key of followed) wanted.set(key, identifierOfKey(key));
    const graph = await deps.load(wanted);
    const evidence = followed.length === 0 ? [] : await deps.identity.evidenceOf(followed, maxRowsOfBatch + 1);
    const isTooMuch = evidence.length > maxRowsOfBatch || round >= maxRounds;
    if (!isTooMuch) grow(groups, graph, evidence, [...keysOfMessage.values()], deps.rules);
    if (groups.count() > before && !isTooMuch) continue;
    const components = isTooMuch
      ? []
      : partition(groups, evidence, batch, keysOfMessage).filter(
          (component) => component.keys.size <= maxKeys && component.evidence.length <= maxRows,
        );
    const settled = new Set(components.flatMap(({ messages }) => messages));
    return { graph, components, tooLarge: late.filter((message) => !settled.has(message)) };
  }
}
