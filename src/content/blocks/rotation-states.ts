// What visitors saw of rotations: sealed in the answer, for clients that send it back (it outlives restarts, works with any number of
// servers and costs no read), and in the memory of the server. Whichever counts more loads is the later one.
import type { RotationState } from "./rotate.ts";
import type { RotationMemory, RotationVisitor } from "./rotation-memory.ts";
import { later, readState } from "./rotation-state.ts";

const maxTokenLength = 4_000;

/** Seals texts so that only this installation opens them, and only for the same purpose. */
export type Seal = {
  readonly seal: (text: string, purpose: string) => string;
  /** Undefined for what was not sealed here, or for another purpose. */
  readonly open: (sealed: string, purpose: string) => string | undefined;
};

const purposeOf = (rotationId: string) => `block-rotation:${rotationId}`;

export type RotationStates = ReturnType<typeof createRotationStates>;

/** States as decisions read them: of the client and of the memory. */
export function createRotationStates({ seal, open }: Seal, memory: RotationMemory) {
  const opened = (rotationId: string, token: string | undefined): RotationState | undefined => {
    if (token === undefined || token.length > maxTokenLength) return undefined;
    const text = open(token, purposeOf(rotationId));
    return text === undefined ? undefined : readState(text);
  };

  return {
    /** @param visitor empty = nobody to remember; @param token what the client sent back */
    find: (rotationId: string, visitor: string, token: string | undefined): RotationState | undefined =>
      later(visitor === "" ? undefined : memory.find(rotationId, visitor), opened(rotationId, token)),
    /** Remembers a state and returns its token. */
    keep: (rotationId: string, visitor: RotationVisitor, state: RotationState): string => {
      memory.keep(rotationId, visitor, state);
      return seal(JSON.stringify(state), purposeOf(rotationId));
    },
    /** Reads what is stored of a visitor, but for the rotations of which the client sent a state. */
    load: (
      visitor: RotationVisitor,
      rotationIds: readonly string[],
      tokens: Readonly<Record<string, string>>,
    ): Promise<void> =>
      memory.load(
        visitor,
        rotationIds.filter((id) => opened(id, tokens[id]) === undefined),
      ),
  };
}
