import { Compile } from "typebox/compile";
import { schemaFaults } from "../../http/index.ts";
import type { ErrorDetail } from "../../kernel/index.ts";
import { isTarget, toDetailed } from "./compile-mapping.ts";
import { type FieldSource, type ListMapping, type Mapping, mappingSchema } from "./mapping.ts";
import { createDateReader, isZone } from "./read-date.ts";
import { freePaths, itemTargets, listTargets, type Target, targetsByKind } from "./targets.data.ts";

export type ValidatedMapping =
  | { readonly ok: true; readonly mapping: Mapping }
  | { readonly ok: false; readonly faults: readonly ErrorDetail[] };

const maxFields = 300;
const compiledSchema = Compile(mappingSchema);
type Fault = (path: string, code: string, message: string) => void;

function checkSource(path: string, given: FieldSource, fault: Fault): void {
  const source = toDetailed(given);
  const ways = [source.from, source.value, source.template].filter((way) => way !== undefined);
  if (ways.length > 1) fault(path, "ambiguous", "has more than one of from, value and template");
  if (ways.length === 0 && source.default === undefined)
    fault(path, "required", "needs one of from, value, template or default");
  checkTimes(path, source.format, source.zone, fault);
}

function checkTimes(path: string, format: string | undefined, zone: string | undefined, fault: Fault): void {
  if (zone !== undefined && !isZone(zone)) fault(`${path}/zone`, "zone", "is no IANA time zone such as Europe/Berlin");
  else if (format !== undefined && createDateReader(format) === undefined)
    fault(`${path}/format`, "format", "holds no year, month and day; see the tokens in the manual");
}

const escapePointer = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

function checkList(path: string, list: ListMapping, targets: readonly Target[], fault: Fault): void {
  for (const [name, source] of Object.entries(list.fields)) {
    const at = `${path}/fields/${escapePointer(name)}`;
    if (!targets.some((target) => target.path === name) && !/^attributes\../.test(name))
      fault(at, "unknownTarget", `is none of ${targets.map((target) => target.path).join(", ")}, attributes.…`);
    checkSource(at, source, fault);
  }
}

function checkRequired(mapping: Mapping, fault: Fault): void {
  const { kind, fields, items, options } = mapping;
  if (options?.passThrough) return;
  const has = (path: string) => Object.hasOwn(fields, path);
  for (const target of targetsByKind[kind])
    if (target.isRequired && !has(target.path) && !(target.path === "purchaseID" && has("externalId")))
      fault("/fields", "required", `${target.path} is not mapped`);
  if (kind === "order" && items) {
    for (const target of itemTargets)
      if (target.isRequired && !Object.hasOwn(items.fields, target.path))
        fault("/items/fields", "required", `${target.path} is not mapped`);
    if (!Object.hasOwn(items.fields, "priceTotal") && !Object.hasOwn(items.fields, "unitPrice"))
      fault("/items/fields", "required", "neither priceTotal nor unitPrice is mapped");
  }
  const names = ["customer.id", "externalId", "personalEmail.address", "phone", "loyalty.id"];
  if ((kind === "customer" || kind === "consent" || kind === "loyalty") && !names.some(has))
    fault("/fields", "required", "nobody is named: map customer.id, personalEmail.address, phone or loyalty.id");
  if (kind === "event" && !["customerId", "anonymousId", "email"].some(has))
    fault("/fields", "required", "nobody is named: map customerId, anonymousId or email");
}

/** Checks a mapping file: its schema, then whether its targets, zones and formats exist and what a record needs is mapped. */
export function validateMapping(input: unknown): ValidatedMapping {
  if (!compiledSchema.Check(input)) return { ok: false, faults: schemaFaults(compiledSchema.Errors(input)) };
  // The schema is the definition of the type, but for readonly.
  const mapping = input as Mapping;
  const faults: ErrorDetail[] = [];
  const fault: Fault = (path, code, message) => {
    faults.push({ path, code, message });
  };
  const { kind, fields, items, lists, options } = mapping;
  if (Object.keys(fields).length > maxFields) fault("/fields", "tooMany", `has more than ${maxFields} entries`);
  for (const [name, source] of Object.entries(fields)) {
    const path = `/fields/${escapePointer(name)}`;
    if (!isTarget(name, kind))
      fault(
        path,
        "unknownTarget",
        `a ${kind} has no field of this name; free ones begin with ${freePaths[kind].join(" or ")}`,
      );
    checkSource(path, source, fault);
  }
  if (items) {
    if (kind !== "order") fault("/items", "unknownTarget", "only orders have items");
    checkList("/items", items, itemTargets, fault);
  }
  for (const name of ["payments", "refunds", "returns"] as const)
    if (lists?.[name]) checkList(`/lists/${name}`, lists[name], listTargets[name], fault);
  checkTimes("/options", options?.dateFormat, options?.zone, fault);
  checkRequired(mapping, fault);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, mapping };
}
