// When somebody last left audiences, for conditions such as "not a member for 30 days". A profile keeps one time for each audience that
// it is out of after having been in: at most one for each of the thousand live audiences, and a few of audiences that are paused or gone.
import type { ProfileState } from "../profiles/index.ts";

/** Audience id → ms. */
export type Exits = NonNullable<ProfileState["exits"]>;

export const noExits: Exits = {};
/** A paused audience comes back, and those who were its members left it at the pause. */
export const keptEndedExits = 50;

/** Whoever is a member again has left no more. */
export function withoutExit(exits: Exits, audienceId: string): Exits {
  if (!Object.hasOwn(exits, audienceId)) return exits;
  const { [audienceId]: _left, ...others } = exits;
  return others;
}

/** All of live audiences, the newest fifty of others; undefined for none. */
export function boundExits(exits: Exits, isLive: (audienceId: string) => boolean): Exits | undefined {
  const ids = Object.keys(exits);
  if (ids.length === 0) return undefined;
  const ended = ids.filter((id) => !isLive(id));
  if (ended.length <= keptEndedExits) return exits;
  ended.sort((a, b) => (exits[b] ?? 0) - (exits[a] ?? 0) || (a < b ? -1 : 1));
  const dropped = new Set(ended.slice(keptEndedExits));
  return Object.fromEntries(Object.entries(exits).filter(([id]) => !dropped.has(id)));
}
