import { ClienteleError } from "../kernel/index.ts";

// Counted before the password is looked at, so that requests sent at once cannot pass the limit together.

const windowMs = 15 * 60_000;
const maxPerAddressAndEmail = 10;
// One address may guess at many users; one office behind one address may also just be large.
const maxPerAddress = 1000;
const maxEntries = 20_000;

type Entry = { count: number; untilMs: number };

/** Limits failed sign-ins: 10 in 15 minutes for an address and e-mail, 1,000 for an address. */
export function createSignInAttempts() {
  const entries = new Map<string, Entry>();
  const count = (key: string, limit: number, nowMs: number): void => {
    let entry = entries.get(key);
    if (!entry || entry.untilMs <= nowMs) {
      entry = { count: 0, untilMs: nowMs + windowMs };
      entries.delete(key);
      const oldest = entries.keys().next().value;
      if (entries.size >= maxEntries && oldest !== undefined) entries.delete(oldest);
      entries.set(key, entry);
    }
    if (entry.count >= limit) {
      const retryAfterSeconds = Math.ceil((entry.untilMs - nowMs) / 1000);
      throw new ClienteleError(
        "access.tooManyAttempts",
        `too many failed sign-ins; try again in ${Math.ceil(retryAfterSeconds / 60)} minutes`,
        { retryAfterSeconds },
      );
    }
    entry.count += 1;
  };
  const pairOf = (address: string, email: string) => `${address} ${email}`;
  return {
    /** @throws {ClienteleError} `access.tooManyAttempts` with the time to wait */
    begin: (address: string, email: string, nowMs: number): void => {
      count(pairOf(address, email), maxPerAddressAndEmail, nowMs);
      count(address, maxPerAddress, nowMs);
    },
    /** Forgets the failures of a user who got in, and takes back the attempt of the address. */
    succeed: (address: string, email: string): void => {
      entries.delete(pairOf(address, email));
      const entry = entries.get(address);
      if (entry) entry.count -= 1;
    },
  };
}
