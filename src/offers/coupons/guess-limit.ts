// Codes are worth money, and a browser may enter as many as it likes: unknown ones are counted by address and by visitor.
import { ClienteleError, type Clock } from "../../kernel/index.ts";

export type GuessLimitOptions = {
  readonly clock: Clock;
  /** Unknown codes of one address in a window; default 30. */
  readonly perAddress?: number;
  /** Unknown codes of one visitor in a window; default 10. */
  readonly perVisitor?: number;
  /** Default 10 minutes. */
  readonly windowMs?: number;
  /** Addresses and visitors that are remembered; the least recently seen are forgotten beyond it. Default 50,000. */
  readonly maxKeys?: number;
};

export type Guesser = {
  readonly ip: string;
  /** What the caller says who it is, e.g. `anonymous_id:…`; empty = nothing. */
  readonly identity: string;
};

type Count = { readonly startedAt: number; readonly unknown: number };

const groupsOfNetwork = 4;

/** Somebody who has one IPv6 address has 2^64: the network counts. */
export function addressKey(ip: string): string {
  if (!ip.includes(":")) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1]) return mapped[1];
  const [head = "", tail = ""] = ip.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const zeros = ip.includes("::") ? Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0") : [];
  return [...front, ...zeros, ...back]
    .slice(0, groupsOfNetwork)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ""))
    .join(":");
}

/**
 * Slows down whoever tries codes. It counts unknown codes only: a shopper with a code that is known but not applicable is never
 * stopped. In memory of one process; several processes allow as many times the limit.
 */
export function createGuessLimit({
  clock,
  perAddress = 30,
  perVisitor = 10,
  windowMs = 600_000,
  maxKeys = 50_000,
}: GuessLimitOptions) {
  const counts = new Map<string, Count>();

  const keysOf = ({ ip, identity }: Guesser): readonly (readonly [key: string, limit: number])[] => [
    [`address ${addressKey(ip)}`, perAddress],
    ...(identity === "" ? [] : [[`visitor ${identity.slice(0, 200)}`, perVisitor] as const]),
  ];
  const current = (key: string, nowMs: number): Count | undefined => {
    const count = counts.get(key);
    return count && nowMs - count.startedAt < windowMs ? count : undefined;
  };

  return {
    /**
     * Call it before codes are looked up.
     *
     * @throws {ClienteleError} `coupons.tooManyGuesses` with the seconds to wait
     */
    check: (guesser: Guesser): void => {
      const nowMs = clock.now();
      for (const [key, limit] of keysOf(guesser)) {
        const count = current(key, nowMs);
        if (!count || count.unknown < limit) continue;
        const retryAfterSeconds = Math.max(1, Math.ceil((count.startedAt + windowMs - nowMs) / 1000));
        throw new ClienteleError("coupons.tooManyGuesses", "too many unknown codes were entered; wait", {
          retryAfterSeconds,
        });
      }
    },
    /** Call it with the number of entered codes that turned out not to exist. */
    count: (guesser: Guesser, unknown: number): void => {
      if (unknown <= 0) return;
      const nowMs = clock.now();
      for (const [key] of keysOf(guesser)) {
        const known = current(key, nowMs);
        // To the end of the order of age.
        counts.delete(key);
        counts.set(key, { startedAt: known?.startedAt ?? nowMs, unknown: (known?.unknown ?? 0) + unknown });
      }
      while (counts.size > maxKeys) {
        const oldest = counts.keys().next();
        if (oldest.done) break;
        counts.delete(oldest.value);
      }
    },
    /** Addresses and visitors remembered now. */
    size: (): number => counts.size,
  };
}

export type GuessLimit = ReturnType<typeof createGuessLimit>;
