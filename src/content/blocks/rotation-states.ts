// What visitors saw of rotations, kept twice: sealed in the answer, for clients that send it back (it outlives restarts and works with
// any number of servers), and in the memory of this process, for those that do not. Whichever counts more loads is the later one.
import { isObject } from "../../kernel/index.ts";
import type { RotationState } from "./rotate.ts";
import { maxRotating } from "./rotation-kind.ts";

/** About 200 bytes each: 10 MB. */
const maxKept = 50_000;
export const maxTokenLength = 4_000;

/** Seals texts so that only this installation opens them, and only for the same purpose. */
export type Seal = {
  readonly seal: (text: string, purpose: string) => string;
  /** Undefined for what was not sealed here, or for another purpose. */
  readonly open: (sealed: string, purpose: string) => string | undefined;
};

function isMark(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= 0xffffffff;
}

function readState(text: string): RotationState | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const { count, last, place, shown } = value;
    if (!isMark(count) || !isMark(last) || !isMark(place) || !Array.isArray(shown)) return undefined;
    if (shown.length > maxRotating || !shown.every(isMark)) return undefined;
    return { count, last, place, shown };
  } catch {
    return undefined;
  }
}

const purposeOf = (rotationId: string) => `block-rotation:${rotationId}`;

export type RotationStates = ReturnType<typeof createRotationStates>;

export function createRotationStates({ seal, open }: Seal, limit: number = maxKept) {
  const kept = new Map<string, RotationState>();
  const keyOf = (rotationId: string, visitor: string) => `${rotationId} ${visitor}`;

  const opened = (rotationId: string, token: string | undefined): RotationState | undefined => {
    if (token === undefined || token.length > maxTokenLength) return undefined;
    const text = open(token, purposeOf(rotationId));
    return text === undefined ? undefined : readState(text);
  };

  return {
    /** @param visitor empty = nobody to remember; @param token what the client sent back */
    find: (rotationId: string, visitor: string, token: string | undefined): RotationState | undefined => {
      const ofClient = opened(rotationId, token);
      const own = visitor === "" ? undefined : kept.get(keyOf(rotationId, visitor));
      return ofClient && own ? (own.count >= ofClient.count ? own : ofClient) : (ofClient ?? own);
    },
    /** Remembers a state and returns its token. */
    keep: (rotationId: string, visitor: string, state: RotationState): string => {
      if (visitor !== "") {
        const key = keyOf(rotationId, visitor);
        kept.delete(key);
        kept.set(key, state);
        // Oldest first: a map keeps the order of insertion.
        for (const oldest of kept.keys()) {
          if (kept.size <= limit) break;
          kept.delete(oldest);
        }
      }
      return seal(JSON.stringify(state), purposeOf(rotationId));
    },
  };
}
