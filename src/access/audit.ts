import { type Clock, newId, type Page, sha256Hex } from "../kernel/index.ts";
import type { AuditCheck, AuditEntry, AuditFilter, AuditInput, PastAuditInput } from "./audit-entry.ts";
import type { AccessStore, Transaction } from "./store.ts";

/** Keys sorted, so that the text is the same before and after a trip through jsonb. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(",")}}`;
}

function hashOf(entry: Omit<AuditEntry, "hash">, previousHash: string): string {
  const { seq, id, at, actor, via, action, objectKind, objectId, before, after, requestId } = entry;
  return sha256Hex(
    canonical([previousHash, seq, id, at, actor, via, action, objectKind, objectId, before, after, requestId]),
  );
}

const checkPage = 1000;

export function createAudit(store: AccessStore, clock: Clock) {
  const append = async (tx: Transaction, inputs: readonly PastAuditInput[]): Promise<void> => {
    if (inputs.length === 0) return;
    const head = await store.lockAuditHead(tx);
    let { seq, hash } = head;
    const entries = inputs.map(({ atMs, ...input }): AuditEntry => {
      seq += 1;
      const entry = { ...input, seq, id: newId(atMs), at: new Date(atMs).toISOString() };
      hash = hashOf(entry, hash);
      return { ...entry, hash };
    });
    await store.appendAuditEntries(tx, entries);
  };
  const recordAll = (tx: Transaction, inputs: readonly AuditInput[]): Promise<void> => {
    const atMs = clock.now();
    return append(
      tx,
      inputs.map((input) => ({ ...input, atMs })),
    );
  };
  return {
    /** Appends an entry inside the transaction of the change it tells of: both are stored, or neither. */
    record: (tx: Transaction, input: AuditInput): Promise<void> => recordAll(tx, [input]),
    /** As `record`, of many changes of one transaction, in the order given. */
    recordAll,
    /** Appends what happened without a change of its own, e.g. reads, in the order given and with their own times. */
    recordPast: (inputs: readonly PastAuditInput[]): Promise<void> => store.transaction((tx) => append(tx, inputs)),
    /** Entries, newest first. */
    list: (filter: AuditFilter): Promise<Page<AuditEntry>> => store.listAudit(filter),
    /** Recomputes the chain of hashes from the first entry; `brokenAt` is the first entry that does not fit. */
    verify: async (): Promise<AuditCheck> => {
      // Read first: entries may be appended while this runs, never removed.
      const head = await store.auditHead();
      let previousHash = "";
      let checked = 0;
      const broken = (): AuditCheck => ({ ok: false, checked, brokenAt: checked + 1 });
      for (;;) {
        const entries = await store.auditAfter(checked, checkPage);
        for (const entry of entries) {
          if (entry.seq !== checked + 1 || hashOf(entry, previousHash) !== entry.hash) return broken();
          if (entry.seq === head.seq && entry.hash !== head.hash) return broken();
          previousHash = entry.hash;
          checked += 1;
        }
        if (entries.length < checkPage) break;
      }
      return checked < head.seq ? broken() : { ok: true, checked };
    },
  };
}

export type AuditTrail = ReturnType<typeof createAudit>;
