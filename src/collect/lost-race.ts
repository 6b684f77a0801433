// SQLSTATE of a deadlock and of a failed serialisation: two writers wanted the same rows, and this one was rolled back.
const raceCodes = new Set(["40P01", "40001"]);

/** Another writer changed what a transaction builds on: roll back, read again, repeat. */
export class LostRace extends Error {}

/** Whether a transaction failed because of another writer only, so that it can simply be repeated. */
export function isLostRace(error: unknown): boolean {
  if (error instanceof LostRace) return true;
  return error instanceof Error && "code" in error && raceCodes.has(String(error.code));
}
