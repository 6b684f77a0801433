// Whether a record is new, changed, unchanged or older than what was taken before.
import { hash } from "node:crypto";
import { isObject, plainText } from "../../kernel/index.ts";
import type { RecordMemory, SourceRecord } from "../records/record.ts";
import type { KnownRecord } from "./store.ts";

export type RecordIdentity = {
  /** 128 bits of kind, environment and key, in UUID form. */
  readonly key: string;
  readonly contentHash: string;
};

export type RecordDecision =
  | { readonly action: "unchanged" }
  | { readonly action: "older" }
  /** Lines of one order that lie too far apart came as two records. */
  | { readonly action: "split" }
  | {
      readonly action: "write";
      readonly memory: RecordMemory;
      /** Time of this state, to be remembered. */
      readonly updatedAt: number | null;
    };

function toUuid(text: string): string {
  const hex = hash("md5", text, "hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function identityOf(record: SourceRecord): RecordIdentity {
  const { scope } = record.fields;
  const environment = isObject(scope) ? plainText(scope["environmentID"] ?? "") : "";
  return {
    key: toUuid(JSON.stringify([record.kind, environment, record.externalId])),
    contentHash: toUuid(JSON.stringify([record.updatedAt ?? null, record.deleted ?? false, record.fields])),
  };
}

function timeOf(text: unknown): number | null {
  const at = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

/** @param isGrouped the record was put together from several rows of the file */
export function decideRecord(
  record: SourceRecord,
  { contentHash }: RecordIdentity,
  known: KnownRecord | undefined,
  run: { readonly importId: string; readonly isGrouped: boolean },
): RecordDecision {
  const updatedAt = timeOf(record.updatedAt);
  if (known === undefined) return { action: "write", memory: { isKnown: false, version: contentHash }, updatedAt };
  if (known.contentHash === contentHash) return { action: "unchanged" };
  // What happened cannot happen otherwise: the id of an event stands for its content.
  if (record.kind === "event") return { action: "unchanged" };
  if (updatedAt !== null && known.updatedAt !== null && updatedAt < known.updatedAt) return { action: "older" };
  if (run.isGrouped && known.importId === run.importId) return { action: "split" };
  const before = known.updatedAt ?? timeOf(record.fields["createdDate"]);
  // A state whose time does not say that it is newer follows the one before by a millisecond.
  const isLater = updatedAt !== null && (before === null || updatedAt > before);
  const changedAt = isLater || before === null ? null : before + 1;
  return {
    action: "write",
    updatedAt: changedAt ?? updatedAt,
    memory: {
      isKnown: true,
      knownParts: new Set(known.parts),
      version: `${contentHash} ${run.importId}`,
      ...(changedAt === null ? {} : { changedAt: new Date(changedAt).toISOString() }),
    },
  };
}
