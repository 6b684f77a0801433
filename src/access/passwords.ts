import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { ClienteleError } from "../kernel/index.ts";

// scrypt with N = 2^15, r = 8: 32 MB and about 60 ms a guess. The parameters are stored with each hash, so that they
// can be raised without invalidating passwords.

const cost = { N: 2 ** 15, r: 8, p: 1 };
const keyBytes = 32;
const maxMemoryBytes = 128 * 1024 ** 2;
// Hashing blocks threads that file and network work share; more than two at once would let sign-ins starve them.
const maxRunning = 2;
const maxWaiting = 50;

let running = 0;
const waiting: (() => void)[] = [];

async function withSlot<T>(work: () => Promise<T>): Promise<T> {
  if (running >= maxRunning) {
    if (waiting.length >= maxWaiting)
      throw new ClienteleError("http.unavailable", "too many sign-ins at once", { retryAfterSeconds: 2 });
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, keyBytes, { ...options, maxmem: maxMemoryBytes }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** `scrypt$N$r$p$salt$hash`, the last two in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await withSlot(() => derive(password, salt, cost));
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

// Verifying against this costs the same as against a real hash, so that the time does not tell whether a user exists.
const nobody = [
  "scrypt",
  cost.N,
  cost.r,
  cost.p,
  Buffer.alloc(16).toString("base64url"),
  Buffer.alloc(keyBytes).toString("base64url"),
].join("$");

/** @param stored undefined when there is no such user: takes as long, and is false */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [scheme, n, r, p, salt = "", hash = ""] = (stored ?? nobody).split("$");
  if (scheme !== "scrypt") return false;
  const key = await withSlot(() =>
    derive(password, Buffer.from(salt, "base64url"), { N: Number(n), r: Number(r), p: Number(p) }),
  );
  const expected = Buffer.from(hash, "base64url");
  return stored !== undefined && expected.length === key.length && timingSafeEqual(key, expected);
}
