// From the graph as it is to the graph as the replay says it should be: which new cluster keeps which profile id, which intervals
// change, which profiles merge, come back or are new, and whose state no longer follows from its events.
import { newId } from "../kernel/index.ts";
import {
  addProfile,
  boundLastSight,
  finalSurvivor,
  type IdentityGraph,
  type Link,
  nobody,
  quarantined,
  unknownSight,
  type WorkingProfile,
} from "./identity-graph.ts";
import { identifierKey } from "./identity-message.ts";
import { compareSurvivors } from "./merge-profiles.ts";

export type ApplyOptions = {
  readonly keys: ReadonlySet<string>;
  /** Redirects to profiles of the component, with the identifiers that they once had. */
  readonly redirects: readonly {
    readonly profileId: string;
    readonly survivorId: string;
    readonly moved: readonly string[];
  }[];
  /** Messages of this batch: their decisions are logged, those of the past were. */
  readonly messageIds: ReadonlySet<string>;
  readonly at: number;
};

const openWeight = 1_000;

/** Owners that stand for no profile. */
const isReal = (profileId: string) => profileId !== nobody && profileId !== quarantined;

function coveringLink(links: readonly Link[], at: number): Link | undefined {
  // As `linkAt`: the first interval reaches back to the beginning, a gap belongs to the next owner.
  return links.find((link) => link.validTo === null || at < link.validTo);
}

/** After the replay's last word on a key somebody still had events of it: they belong to a stranger. */
function addStrangers(main: IdentityGraph, fresh: IdentityGraph, keys: ReadonlySet<string>): void {
  for (const key of keys) {
    const last = fresh.linksByKey.get(key)?.at(-1);
    const old = main.linksByKey.get(key) ?? [];
    const end = last?.validTo ?? null;
    if (!last || end === null) continue;
    const hadEvents = old.some((link) => {
      if (link.validTo !== null && link.validTo <= end) return false;
      const owner = main.profiles.get(link.profileId);
      return owner !== undefined && owner.state.lastSeenAt >= end;
    });
    if (!hadEvents) continue;
    const stranger = addProfile(fresh, end);
    const link: Link = {
      ...last,
      profileId: stranger.profileId,
      validFrom: end,
      validTo: null,
      verified: false,
      firstSeenAt: unknownSight,
      linkedAt: end,
      rivals: null,
    };
    fresh.linksByKey.get(key)?.push(link);
    stranger.links.push(link);
  }
}

/** The intervals of a key: the replay's, cut at every boundary that is stored, for the event store never forgets one. */
function piecesOf(old: readonly Link[], fresh: readonly Link[]): readonly Link[] {
  const starts = [...new Set([...old, ...fresh].map((link) => link.validFrom))].sort((a, b) => a - b);
  return starts.map((start, index): Link => {
    const next = starts[index + 1] ?? null;
    const covering = coveringLink(fresh, start);
    if (!covering)
      return {
        namespace: (old[0] ?? fresh[0])?.namespace ?? "",
        value: (old[0] ?? fresh[0])?.value ?? "",
        profileId: nobody,
        validFrom: start,
        validTo: next,
        verified: false,
        firstSeenAt: start,
        linkedAt: start,
        rivals: null,
      };
    const end = covering.validTo;
    return { ...covering, validFrom: start, validTo: next === null ? end : end === null ? next : Math.min(next, end) };
  });
}

type Flows = {
  /** old profile → cluster → how much of it */
  readonly weights: Map<string, Map<string, number>>;
};

function add(flows: Flows, from: string, to: string, weight: number): void {
  const targets = flows.weights.get(from) ?? new Map<string, number>();
  targets.set(to, (targets.get(to) ?? 0) + weight);
  flows.weights.set(from, targets);
}

function flowsOf(main: IdentityGraph, pieces: ReadonlyMap<string, readonly Link[]>): Flows {
  const flows: Flows = { weights: new Map() };
  for (const [key, list] of pieces) {
    const old = main.linksByKey.get(key) ?? [];
    const cuts = [
      ...new Set(
        [...old, ...list].flatMap(({ validFrom, validTo }) => (validTo === null ? [validFrom] : [validFrom, validTo])),
      ),
    ];
    for (const cut of cuts) {
      const before = old.find((link) => link.validFrom <= cut && (link.validTo === null || cut < link.validTo));
      if (!before || !isReal(before.profileId)) continue;
      const after = list.find((link) => link.validFrom <= cut && (link.validTo === null || cut < link.validTo));
      const owner = main.profiles.get(before.profileId);
      // Nothing of the owner happened after its last event: who has that time makes no difference.
      if ((!after || !isReal(after.profileId)) && owner && owner.state.lastSeenAt < cut) continue;
      add(
        flows,
        before.profileId,
        after?.profileId ?? nobody,
        before.validTo === null && after?.validTo === null ? openWeight : 1,
      );
    }
  }
  return flows;
}

/** Gives each cluster the id of the old profile that it holds most of. @returns cluster → profile id */
function chooseIds(
  main: IdentityGraph,
  fresh: IdentityGraph,
  flows: Flows,
  options: ApplyOptions,
): Map<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  const candidates = [...flows.weights].flatMap(([from, targets]) =>
    [...targets].flatMap(([to, weight]) => {
      const profile = main.profiles.get(from);
      const cluster = fresh.profiles.get(to);
      return cluster && profile ? [{ from: profile, to: cluster, weight }] : [];
    }),
  );
  candidates.sort(
    (a, b) =>
      b.weight - a.weight || (a.from === b.from ? compareSurvivors(a.to, b.to) : compareSurvivors(a.from, b.from)),
  );
  for (const { from, to } of candidates) {
    if (ids.has(to.profileId) || taken.has(from.profileId)) continue;
    ids.set(to.profileId, from.profileId);
    taken.add(from.profileId);
  }
  for (const cluster of fresh.profiles.values()) {
    if (ids.has(cluster.profileId)) continue;
    const held = new Set(cluster.links.map(identifierKey));
    const back = options.redirects
      .filter(({ profileId }) => !taken.has(profileId) && !main.profiles.has(profileId))
      .map((redirect) => ({ redirect, weight: redirect.moved.filter((key) => held.has(key)).length }))
      .sort((a, b) => b.weight - a.weight)[0];
    const revived = back && back.weight > 0 ? back.redirect.profileId : undefined;
    if (revived) main.revived.add(revived);
    const id = revived ?? newId(Math.max(0, cluster.createdAt));
    ids.set(cluster.profileId, id);
    taken.add(id);
  }
  return ids;
}

function isSameLink(a: Link, b: Link): boolean {
  return (
    a.profileId === b.profileId &&
    a.validTo === b.validTo &&
    a.verified === b.verified &&
    a.firstSeenAt === b.firstSeenAt &&
    a.linkedAt === b.linkedAt &&
    JSON.stringify(a.rivals) === JSON.stringify(b.rivals)
  );
}

/** Puts the new intervals into the graph. @returns whether any changed */
function replaceLinks(
  main: IdentityGraph,
  pieces: ReadonlyMap<string, readonly Link[]>,
  ids: ReadonlyMap<string, string>,
): boolean {
  let changed = false;
  const owners = new Set(
    [...pieces.keys()].flatMap((key) => (main.linksByKey.get(key) ?? []).map((link) => link.profileId)),
  );
  for (const profileId of owners) {
    const profile = main.profiles.get(profileId);
    if (profile) profile.links = profile.links.filter((link) => !pieces.has(identifierKey(link)));
  }
  for (const [key, list] of pieces) {
    const oldByStart = new Map((main.linksByKey.get(key) ?? []).map((link) => [link.validFrom, link]));
    const next = list.map((piece) => {
      const link: Link = { ...piece, profileId: ids.get(piece.profileId) ?? piece.profileId };
      const old = oldByStart.get(link.validFrom);
      if (old && isSameLink(old, link)) return old;
      changed = true;
      main.changedLinks.add(link);
      if (!old || main.newLinks.has(old)) main.newLinks.add(link);
      if (old) {
        main.changedLinks.delete(old);
        main.newLinks.delete(old);
      }
      return link;
    });
    main.linksByKey.set(key, next);
    for (const link of next) main.profiles.get(link.profileId)?.links.push(link);
  }
  return changed;
}

/** The state of every cluster: the union of whole profiles where it is one, else to be computed anew. */
function settleStates(
  main: IdentityGraph,
  flows: Flows,
  ids: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, WorkingProfile>,
): void {
  const isWhole = (profileId: string) => {
    const targets = [...(flows.weights.get(profileId)?.keys() ?? [])];
    return targets.length <= 1 && targets.every(isReal);
  };
  for (const [from, targets] of flows.weights) {
    if (!isWhole(from) && main.profiles.has(from)) main.rebuilds.set(from, "late_event");
    for (const to of targets.keys()) {
      const id = ids.get(to);
      const profile = id === undefined ? undefined : main.profiles.get(id);
      const source = before.get(from);
      if (!profile || !source || profile.profileId === from) continue;
      if (isWhole(from)) profile.state = main.combine(profile.state, source.state);
      else {
        main.rebuilds.set(profile.profileId, "late_event");
        boundLastSight(profile, source);
      }
    }
  }
}

/** Profiles that no cluster took over become redirects to where most of them went. */
function mergeTheRest(
  main: IdentityGraph,
  flows: Flows,
  ids: ReadonlyMap<string, string>,
  kept: ReadonlySet<string>,
): void {
  for (const [from, targets] of flows.weights) {
    const profile = main.profiles.get(from);
    if (kept.has(from) || !profile) continue;
    const [best] = [...targets].filter(([to]) => isReal(to)).sort((a, b) => b[1] - a[1]);
    const survivor = best && ids.get(best[0]);
    if (survivor === undefined) continue;
    main.moved.set(from, profile.links.slice(0, 50).map(identifierKey));
    main.profiles.delete(from);
    main.changedProfiles.delete(from);
    main.merged.set(from, survivor);
    const reason = main.rebuilds.get(from);
    if (reason !== undefined) {
      main.rebuilds.delete(from);
      main.rebuilds.set(survivor, reason);
    }
  }
}

function copyLog(
  main: IdentityGraph,
  fresh: IdentityGraph,
  ids: ReadonlyMap<string, string>,
  options: ApplyOptions,
): void {
  const idOf = (profileId: string) => {
    const survivor = finalSurvivor(fresh, profileId);
    return ids.get(survivor) ?? survivor;
  };
  for (const entry of fresh.log)
    if (options.messageIds.has(entry.messageId))
      main.log.push({ ...entry, profileIds: [...new Set(entry.profileIds.map(idOf))] });
}

/**
 * Changes `main`, which holds every key and owner of the component, into what `fresh` says.
 *
 * Every profile of the component counts as changed, so that a writer who was faster is noticed by its version.
 *
 * @param fresh is used up
 */
export function applyReplay(main: IdentityGraph, fresh: IdentityGraph, options: ApplyOptions): void {
  addStrangers(main, fresh, options.keys);
  const pieces = new Map<string, readonly Link[]>();
  const component = new Map<string, WorkingProfile>();
  for (const key of options.keys) {
    const old = main.linksByKey.get(key) ?? [];
    const list = piecesOf(old, fresh.linksByKey.get(key) ?? []);
    if (list.length > 0) pieces.set(key, list);
    if (old.some((link) => link.profileId === quarantined)) main.requarantined.add(key);
    for (const { profileId } of old) {
      const profile = main.profiles.get(profileId);
      if (profile) component.set(profileId, { ...profile });
    }
  }
  const flows = flowsOf(main, pieces);
  const ids = chooseIds(main, fresh, flows, options);
  const kept = new Set(ids.values());
  for (const cluster of fresh.profiles.values()) {
    const id = ids.get(cluster.profileId);
    if (id === undefined) continue;
    const profile = main.profiles.get(id) ?? addProfile(main, cluster.createdAt, id);
    profile.mergeCount = cluster.mergeCount;
    if (cluster.evidencePosition > profile.evidencePosition) profile.evidencePosition = cluster.evidencePosition;
    main.changedProfiles.add(id);
  }
  for (const profileId of component.keys()) main.changedProfiles.add(profileId);
  settleStates(main, flows, ids, component);
  mergeTheRest(main, flows, ids, kept);
  if (replaceLinks(main, pieces, ids))
    main.log.push({
      at: options.at,
      messageId: [...options.messageIds][0] ?? "",
      action: "replay",
      profileIds: [...new Set(ids.values())].slice(0, 50),
      identifier: null,
      rule: "late_event",
    });
  main.quarantines.push(...fresh.quarantines);
  copyLog(main, fresh, ids, options);
}
