import type { Json } from "../api/shapes.ts";
import type { TraitWrite } from "../privacy/shapes.ts";

/** One trait of one write. */
export type TraitChange = {
  readonly key: string;
  readonly trait: string;
  readonly at: string;
  readonly from: string;
  readonly actor: string | undefined;
  readonly reason: string;
  /** Undefined = not known: the write before it is not in the history. */
  readonly old: Json | undefined;
  readonly new: Json;
  /** Of a correction that can be taken back: it wrote this trait last, and nobody took it back. */
  readonly correction: TraitWrite | undefined;
  readonly isUndo: boolean;
};

const has = (object: object, name: string): boolean => Object.hasOwn(object, name);

/**
 * A row for each trait of each write, newest first. What stood there before is told by a correction; of other writes it is the write
 * before it.
 */
export function traitChanges(writes: readonly TraitWrite[]): readonly TraitChange[] {
  return writes.flatMap((write, index) =>
    Object.entries(write.traits).map(([trait, value]) => {
      const earlier = writes.slice(index + 1).find(({ traits }) => has(traits, trait));
      const isLast = Object.keys(write.traits).every(
        (name) => !writes.slice(0, index).some(({ traits }) => has(traits, name)),
      );
      return {
        key: `${write.messageId} ${trait}`,
        trait,
        at: write.at,
        from: write.sourceId,
        actor: write.actor,
        reason: write.reason ?? "",
        old: write.previous && has(write.previous, trait) ? write.previous[trait] : earlier?.traits[trait],
        new: value,
        correction: isLast && write.correctionId !== undefined ? write : undefined,
        isUndo: write.undoes !== undefined,
      };
    }),
  );
}
