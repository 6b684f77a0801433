import { isObject, type JsonObject, type JsonValue } from "../../../kernel/index.ts";
import { applyMappingToRows } from "../../mapping/apply-mapping.ts";
import { compileMapping, type Row } from "../../mapping/compile-mapping.ts";
import type { Mapping } from "../../mapping/mapping.ts";
import { signatureHeader, verifySignature } from "../../net/sign-body.ts";
import { type RecordKind, recordKinds, type SourceRecord } from "../../records/record.ts";
import type { WebhookSource } from "../../sources/source.ts";
import type { PlacedRecord } from "../../sources/take-records.ts";
import { headerOf, type Preset, type ReadDelivery } from "../delivery.ts";
import { field, list, text } from "../foreign-object.ts";

const maxRows = 2_000;

/** `{records: [{kind, externalId, updatedAt?, deleted?, fields}]}`: our own vocabulary, no mapping needed. */
function readOwn(records: readonly JsonValue[]): ReadDelivery {
  const placed: PlacedRecord[] = [];
  for (const [index, item] of records.entries()) {
    const kind = recordKinds.find((known) => known === text(item, "kind"));
    const externalId = text(item, "externalId");
    const fields = field(item, "fields");
    const isDeleted = field(item, "deleted") === true;
    if (!kind || externalId === undefined || (!isObject(fields) && !isDeleted))
      return { ok: false, message: `records/${index} needs kind, externalId and fields` };
    const updatedAt = text(item, "updatedAt");
    const record: SourceRecord = {
      kind,
      externalId,
      ...(updatedAt ? { updatedAt } : {}),
      ...(isDeleted ? { deleted: true } : {}),
      // Parsed from JSON, so it is a JsonObject.
      fields: isObject(fields) ? (fields as JsonObject) : {},
    };
    placed.push({ record, where: `${kind} ${externalId}` });
  }
  return { ok: true, records: placed };
}

function mappingFor(config: WebhookSource, kind: string | undefined): Mapping | undefined {
  if (kind === undefined) return config.mappings.length === 1 ? config.mappings[0] : undefined;
  return config.mappings.find((mapping) => mapping.kind === (kind as RecordKind));
}

/** Rows as the sender writes them: the body itself, a list, or the list in `rows`. */
function rowsOf(body: JsonValue): readonly Row[] {
  const rows: readonly JsonValue[] = Array.isArray(body)
    ? body
    : Array.isArray(field(body, "rows"))
      ? list(body, "rows")
      : [body];
  return rows.flatMap((row) => (isObject(row) ? [row as Row] : []));
}

/** Rows of one order that follow each other belong together, as in files. */
function readMapped(config: WebhookSource, mapping: Mapping, body: JsonValue): ReadDelivery {
  const compiled = compileMapping(mapping);
  const groups = new Map<string, Row[]>();
  for (const [index, row] of rowsOf(body).entries()) {
    if (compiled.skips(row)) continue;
    const mapped = compiled.isGrouped ? applyMappingToRows(mapping, [row]) : undefined;
    const key = mapped?.ok ? mapped.record.externalId : `row ${index}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const placed: PlacedRecord[] = [];
  for (const [key, rows] of groups) {
    const mapped = applyMappingToRows(mapping, rows);
    if (!mapped.ok) {
      const [fault] = mapped.faults;
      return {
        ok: false,
        message: `${config.preset} ${mapping.kind} ${key}: ${fault?.path ?? ""} ${fault?.message ?? ""}`,
      };
    }
    placed.push({ record: mapped.record, where: `${mapped.record.kind} ${mapped.record.externalId}` });
  }
  return { ok: true, records: placed };
}

/** Any sender that signs like us: our records, or rows through a mapping. */
export const generic: Preset = {
  verify: (headers, body, secret, nowMs) =>
    verifySignature(secret, body, headerOf(headers, signatureHeader) ?? "", nowMs),
  deliveryId: (headers) => headerOf(headers, "x-clientele-delivery"),
  read: ({ headers, body }, config): ReadDelivery => {
    const own = field(body, "records");
    if (Array.isArray(own)) {
      const records: readonly JsonValue[] = own;
      return records.length > maxRows ? { ok: false, message: `more than ${maxRows} records` } : readOwn(records);
    }
    const kind = headerOf(headers, "x-clientele-kind");
    const mapping = mappingFor(config, kind);
    if (!mapping)
      return {
        ok: false,
        message:
          kind === undefined ? "say in X-Clientele-Kind which mapping reads it" : `there is no mapping for ${kind}`,
      };
    if (rowsOf(body).length > maxRows) return { ok: false, message: `more than ${maxRows} rows` };
    return readMapped(config, mapping, body);
  },
};
