import type { Identifier } from "../collect/index.ts";
import type { IdentityGraph } from "./identity-graph.ts";
import { identifierKey, identifierOfKey } from "./identity-message.ts";

const maxKeys = 2_000;
const maxRounds = 10;

/**
 * Identifiers with everybody who ever held one of them, and all that those hold: the graph as far as it hangs together by links.
 *
 * Stops at about 2,000 identifiers; what lies beyond is not loaded.
 */
export async function loadComponent(
  start: Iterable<Identifier>,
  load: (identifiers: ReadonlyMap<string, Identifier>) => Promise<IdentityGraph>,
): Promise<IdentityGraph> {
  const keys = new Set([...start].map(identifierKey));
  for (let round = 1; ; round += 1) {
    const graph = await load(new Map([...keys].map((key) => [key, identifierOfKey(key)])));
    const before = keys.size;
    for (const profile of graph.profiles.values()) for (const link of profile.links) keys.add(identifierKey(link));
    if (keys.size === before || keys.size > maxKeys || round === maxRounds) return graph;
  }
}
