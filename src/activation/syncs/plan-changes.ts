// What has to be told so that a copy becomes what it should be: the difference of two sets of identifiers. Pure.
import { type DesiredMember, memberKey } from "./desired-members.ts";

/** An identifier that the other system was told. */
export type ToldMember = {
  readonly namespace: string;
  readonly value: string;
  /** Null where the person is gone. */
  readonly profileId: string | null;
  readonly since: number;
  readonly version: number;
  readonly state: "sending" | "sent" | "dead";
  readonly deadOp: "entered" | "exited" | null;
};

/** One change of the copy. */
export type Change = {
  readonly op: "entered" | "exited";
  readonly namespace: string;
  readonly value: string;
  readonly profileId: string | null;
  readonly since: number;
  readonly version: number;
};

export type Plan = {
  /** Exits first: a table that is full takes the others afterwards. */
  readonly changes: readonly Change[];
  /** Known there already, and another profile's by now. */
  readonly moved: readonly DesiredMember[];
};

function isToTell(told: ToldMember | undefined, isFull: boolean): boolean {
  if (isFull || told === undefined || told.state === "sending") return true;
  // The exit was refused, so it may still be there; to be sure it is told again.
  return told.state === "dead" && told.deadOp === "exited";
}

/**
 * Compares what some profiles should be in a copy with what was told of them.
 *
 * @param told of the profiles, and of anybody else who has one of the desired identifiers
 * @param profileIds the profiles that were looked at
 * @param isFull tells everybody again
 */
export function planChanges(
  desired: readonly DesiredMember[],
  told: readonly ToldMember[],
  profileIds: ReadonlySet<string>,
  isFull = false,
): Plan {
  const wanted = new Map(desired.map((member) => [memberKey(member), member]));
  const known = new Map(told.map((member) => [memberKey(member), member]));
  const exits = told.filter(
    (member) =>
      !wanted.has(memberKey(member)) &&
      (member.profileId === null || profileIds.has(member.profileId)) &&
      // Refused before: it waits for somebody to replay it.
      (isFull || !(member.state === "dead" && member.deadOp === "exited")),
  );
  const entries = [...wanted.values()].filter((member) => isToTell(known.get(memberKey(member)), isFull));
  return {
    changes: [
      ...exits.map(
        ({ namespace, value, profileId, since, version }): Change => ({
          op: "exited",
          namespace,
          value,
          profileId,
          since,
          version,
        }),
      ),
      ...entries.map((member): Change => ({ op: "entered", ...member })),
    ],
    moved: [...wanted].flatMap(([key, member]) => {
      const owner = known.get(key);
      return owner && owner.profileId !== member.profileId ? [member] : [];
    }),
  };
}
