// The one way of records into the product, whatever brought them: what is known already is passed by, the rest becomes events and
// catalog rows, and only after their commit is it remembered. A repeat after a crash has the same message ids and counts once.
import type { AcceptRequest, AcceptResult, TranslatedEvent } from "../../collect/index.ts";
import { ClienteleError, type JsonObject, sha256Hex } from "../../kernel/index.ts";
import { createRecordReader } from "../records/read-record.ts";
import type { RecordFacts, RecordMemory, SourceRecord } from "../records/record.ts";
import { recordToEvents } from "../records/record-to-events.ts";
import type { RecordRefusal, RunCounts, Source } from "./source.ts";
import type { KnownRecord, SourceStore, TakenRecord } from "./store.ts";

/** A record and where it stands there, for the report. */
export type PlacedRecord = {
  readonly record: SourceRecord;
  readonly where: string;
  /** The record holds nothing but refunds of an order that was taken before; of an unknown order it is passed by. */
  readonly isRefundOnly?: boolean;
};

/** What the catalog makes of product rows. */
export type ProductSink = {
  readonly upsertProducts: (
    rows: readonly unknown[],
    options: { readonly currency: string },
  ) => Promise<{ readonly rejected: readonly { readonly index: number; readonly message: string }[] }>;
  readonly deleteProduct: (sku: string) => Promise<boolean>;
};

export type TakeDeps = {
  readonly store: SourceStore;
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  readonly catalog: ProductSink;
};

export type Taken = {
  readonly counts: RunCounts;
  readonly refusals: readonly RecordRefusal[];
  /** To be remembered in the transaction of the checkpoint. */
  readonly taken: readonly TakenRecord[];
  /** Known and unchanged. */
  readonly seen: readonly string[];
};

const maxEventsPerRequest = 1_000;
const skuPart = "sku:";
const stubPart = "stub:";

/** A hash as the uuid columns hold it. */
export function hashId(text: string): string {
  const hex = sha256Hex(text).slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function environmentOf({ fields }: SourceRecord): string {
  const scope = fields["scope"];
  const environment =
    typeof scope === "object" && scope !== null && "environmentID" in scope ? scope["environmentID"] : "";
  return typeof environment === "string" ? environment : "";
}

export function recordKey(record: SourceRecord): string {
  return hashId(JSON.stringify([record.kind, environmentOf(record), record.externalId]));
}

/** What the source says about every record of it. */
export function factsOf({ key, config }: Source): RecordFacts {
  return {
    sourceId: key,
    sourceKind: "connector",
    trusted: config.trust === "trusted",
    customerNamespace: config.customerNamespace,
    defaultCurrency: config.currency,
    defaultStoreView: config.storeView,
  };
}

/** A record that is told, with the events it became. */
type Told = {
  readonly placed: PlacedRecord;
  readonly taken: TakenRecord;
  readonly events: readonly TranslatedEvent[];
  readonly product?: JsonObject;
};

function refusalsOf(
  where: string,
  faults: readonly { readonly path: string; readonly code: string; readonly message: string }[],
): RecordRefusal {
  const [first] = faults;
  const others = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return {
    where,
    code: first?.code ?? "invalid",
    message: `${first?.path ?? ""} ${first?.message ?? ""}${others}`.trim(),
  };
}

/** Shops that send refunds by themselves, without the order. */
function keepsStubs({ config }: Source): boolean {
  return config.type === "webhook" && config.preset === "shopify";
}

/** What a refund that comes without its order needs of it; of a guest's address only the hash. */
function stubOf({ kind, fields, deleted }: SourceRecord): string | undefined {
  if (kind !== "order" || deleted) return undefined;
  const reader = createRecordReader(fields);
  const email = reader.text("personalEmail.address");
  const customer = reader.text("customer.id");
  return JSON.stringify({
    purchaseID: fields["purchaseID"] ?? null,
    createdDate: fields["createdDate"] ?? null,
    currencyCode: fields["currencyCode"] ?? null,
    ...(customer === undefined ? {} : { customer: { id: customer } }),
    ...(email === undefined
      ? {}
      : { identifiers: { email_sha256: sha256Hex(email.trim().normalize("NFC").toLowerCase()) } }),
  });
}

/** The refunds of an order that was taken before. */
function refundOf(record: SourceRecord, before: KnownRecord, facts: RecordFacts) {
  const stub = before.parts.find((part) => part.startsWith(stubPart))?.slice(stubPart.length);
  if (stub === undefined) return undefined;
  // Written by `stubOf` only.
  const fields = { ...(JSON.parse(stub) as JsonObject), ...record.fields };
  const memory: RecordMemory = { isKnown: true, knownParts: new Set(before.parts) };
  const result = recordToEvents({ ...record, fields }, facts, memory);
  if (!result.ok) return undefined;
  const taken: TakenRecord = {
    ...before,
    parts: [...before.parts, ...result.parts.filter((part) => part.startsWith("refund:"))],
    kind: record.kind,
    externalId: null,
    gone: false,
  };
  return { taken, events: result.events.filter(({ type }) => type === "orderRefunded") };
}

export function createTakeRecords(deps: TakeDeps) {
  /** Stores the events. @returns the faults by record */
  const tell = async (source: Source, told: readonly Told[]): Promise<ReadonlyMap<Told, string>> => {
    const faults = new Map<Told, string>();
    const events = told.flatMap((one) => one.events.map((event) => ({ one, event })));
    for (let from = 0; from < events.length; from += maxEventsPerRequest) {
      const part = events.slice(from, from + maxEventsPerRequest);
      const { rejected } = await deps.accept({
        events: part.map(({ event }) => event),
        sentAt: undefined,
        sourceId: source.key,
        sourceKind: "connector",
        trusted: source.config.trust === "trusted",
        provenCustomerId: null,
      });
      for (const { index, message } of rejected) {
        const one = part[index]?.one;
        if (one) faults.set(one, message);
      }
    }
    return faults;
  };

  /** Writes product rows and deletes products. @returns the faults by record */
  const stock = async (
    source: Source,
    told: readonly Told[],
    known: ReadonlyMap<string, KnownRecord>,
  ): Promise<ReadonlyMap<Told, string>> => {
    const faults = new Map<Told, string>();
    const products = told.filter(({ product }) => product !== undefined);
    for (const one of products.filter(({ placed }) => placed.record.deleted)) {
      const parts = known.get(one.taken.key)?.parts ?? [];
      const sku = one.product?.["sku"];
      const skus = [
        ...parts.filter((part) => part.startsWith(skuPart)).map((part) => part.slice(skuPart.length)),
        ...(typeof sku === "string" ? [sku] : []),
      ];
      for (const gone of new Set(skus)) await deps.catalog.deleteProduct(gone);
    }
    const rows = products.filter(({ placed }) => !placed.record.deleted);
    if (rows.length === 0) return faults;
    const { rejected } = await deps.catalog.upsertProducts(
      rows.map(({ product }) => product),
      {
        currency: source.config.currency,
      },
    );
    for (const { index, message } of rejected) {
      const one = rows[index];
      if (one) faults.set(one, message);
    }
    return faults;
  };

  /**
   * Takes records in the order given; of several states of one record the later wins. Resolves after the events are durable.
   *
   * @param keepKeys whether keys are kept readable, to tell later what is gone
   * @throws {ClienteleError} `collect.busy`: take the same records again
   */
  return async (source: Source, placed: readonly PlacedRecord[], keepKeys: boolean): Promise<Taken> => {
    const facts = factsOf(source);
    const byKey = placed.map((one) => ({ one, key: recordKey(one.record) }));
    const stored = await deps.store.records.known(source.id, [...new Set(byKey.map(({ key }) => key))]);
    const known = new Map(stored);
    const told: Told[] = [];
    const refusals: RecordRefusal[] = [];
    const seen: string[] = [];
    let unchanged = 0;
    for (const { one, key } of byKey) {
      const { record, where } = one;
      const before = known.get(key);
      if (one.isRefundOnly) {
        const refund = before && refundOf(record, before, facts);
        if (!before || !refund || refund.events.length === 0) {
          unchanged += 1;
          continue;
        }
        known.set(key, refund.taken);
        told.push({ placed: one, ...refund });
        continue;
      }
      const contentHash = hashId(JSON.stringify([record.fields, record.deleted ?? false]));
      const parsedAt = record.updatedAt === undefined ? Number.NaN : Date.parse(record.updatedAt);
      const updatedAt = Number.isNaN(parsedAt) ? null : parsedAt;
      const isOlder = before?.updatedAt != null && updatedAt !== null && updatedAt < before.updatedAt;
      if (before?.contentHash === contentHash || isOlder) {
        unchanged += 1;
        if (before && stored.has(key)) seen.push(key);
        continue;
      }
      const memory: RecordMemory = {
        isKnown: before !== undefined,
        ...(before ? { knownParts: new Set(before.parts) } : {}),
        // With the state before it: what changes and changes back is told each time, what is repeated after a crash is not.
        version: hashId(`${before?.contentHash ?? ""}${contentHash}`),
      };
      const result = recordToEvents(record, facts, memory);
      if (!result.ok) {
        refusals.push(refusalsOf(where, result.faults));
        if (stored.has(key)) seen.push(key);
        continue;
      }
      const sku = result.product?.["sku"];
      const parts = new Set([...(before?.parts ?? []), ...result.parts]);
      if (typeof sku === "string") parts.add(`${skuPart}${sku}`);
      const stub = keepsStubs(source) ? stubOf(record) : undefined;
      if (stub !== undefined) {
        for (const part of parts) if (part.startsWith(stubPart)) parts.delete(part);
        parts.add(stubPart + stub);
      }
      const taken: TakenRecord = {
        key,
        contentHash,
        updatedAt,
        parts: [...parts],
        kind: record.kind,
        externalId: keepKeys ? record.externalId : null,
        gone: record.deleted ?? false,
      };
      known.set(key, taken);
      told.push({ placed: one, taken, events: result.events, ...(result.product ? { product: result.product } : {}) });
    }
    const faults = new Map([...(await stock(source, told, stored)), ...(await tell(source, told))]);
    for (const [one, message] of faults) refusals.push({ where: one.placed.where, code: "refused", message });
    // Of several states of one record the last that was taken; a refused one is not remembered, so that it is tried again.
    const last = new Map(told.filter((one) => !faults.has(one)).map((one) => [one.taken.key, one.taken]));
    return {
      counts: {
        read: placed.length,
        written: told.length - faults.size,
        unchanged,
        rejected: refusals.length,
        deleted: told.filter((one) => one.placed.record.deleted && !faults.has(one)).length,
      },
      refusals,
      taken: [...last.values()],
      seen: seen.filter((key) => !last.has(key)),
    };
  };
}

export type TakeRecords = ReturnType<typeof createTakeRecords>;

/** A failure of a run in one sentence that says nothing of the data. */
export function sentenceOf(error: unknown): string {
  return error instanceof ClienteleError ? error.message : "the run failed; the log says why";
}
