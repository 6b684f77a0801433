// The columns of an export: what they are called and how they are read from a member.
import { ClienteleError, type ErrorDetail, isObject, toDecimal } from "../../kernel/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import type { ProfileState } from "../../profiles/index.ts";
import { type HashStyle, hashField, hashIdentifier, normaliseField, type PersonField } from "./hash-identifier.ts";

/** An identifier that a member has now. */
export type OwnIdentifier = { readonly namespace: string; readonly value: string };

export type Member = {
  readonly profileId: string;
  /** Unix milliseconds. */
  readonly since: number;
  readonly version: number;
  readonly audienceKey: string;
  /** Those that are theirs now, the one linked last first. */
  readonly identifiers: readonly OwnIdentifier[];
  readonly state: Pick<ProfileState, "attributes">;
  /** Attributes as rules read them. */
  readonly attributes: RuleObject;
  /** Addresses in the one spelling of the address book. */
  readonly addresses: readonly RuleObject[];
};

/** `plain` as it is; the others as the advertising systems take it, hashed. */
export const exportFormats = ["plain", "meta", "google"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export type Column = {
  readonly heading: string;
  readonly read: (member: Member) => string;
};

const maxColumns = 50;
const maxCellLength = 10_000;
const name = /^[a-z][a-z0-9_]{0,99}$/;
const identifierName = /^[a-z][a-z0-9_]{0,63}(:[a-z0-9_.-]{1,36})?$/;

const identifierOf = (member: Member, namespace: string): string | undefined =>
  member.identifiers.find((identifier) => identifier.namespace === namespace)?.value;

function textOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.slice(0, maxCellLength);
    case "number":
    case "boolean":
      return String(value);
    case "object":
      break;
    default:
      return "";
  }
  if (value === null) return "";
  if (isObject(value) && typeof value["minor"] === "number" && typeof value["currency"] === "string")
    return `${toDecimal({ minor: value["minor"], currency: value["currency"] })} ${value["currency"]}`;
  return JSON.stringify(value).slice(0, maxCellLength);
}

function traitOf({ attributes }: Member, trait: string): unknown {
  const defined = attributes["trait"];
  const own = attributes[trait];
  return own === undefined && isObject(defined) ? defined[trait] : own;
}

const facts: Readonly<Record<string, (member: Member) => string>> = {
  profile_id: ({ profileId }) => profileId,
  since: ({ since }) => new Date(since).toISOString(),
  version: ({ version }) => String(version),
  audience: ({ audienceKey }) => audienceKey,
};

/** Traits of a person by the names under which shops write them; the first that is there counts. */
const writtenAs: Readonly<Record<PersonField, readonly string[]>> = {
  first_name: ["first_name", "firstname"],
  last_name: ["last_name", "lastname"],
  birth_date: ["birth_date", "birthday", "date_of_birth", "dob"],
  birth_year: ["birth_date", "birthday", "date_of_birth", "dob"],
  gender: ["gender"],
  city: ["city"],
  state: ["state", "region"],
  zip: ["zip", "postcode", "postal_code"],
  country: ["country", "country_code"],
};
const inAddress: Readonly<Partial<Record<PersonField, readonly string[]>>> = {
  first_name: ["first_name"],
  last_name: ["last_name"],
  city: ["city"],
  state: ["region_code", "region"],
  zip: ["postcode"],
  country: ["country"],
};

function fieldOf({ state, addresses }: Member, field: PersonField): string {
  const isHome = (address: RuleObject): boolean => address["default_billing"] === true;
  const address = addresses.find(isHome) ?? addresses[0];
  const candidates = [
    ...writtenAs[field].map((each) =>
      Object.hasOwn(state.attributes, each) ? state.attributes[each]?.value : undefined,
    ),
    ...(inAddress[field] ?? []).map((each) => address?.[each]),
  ];
  const found = candidates.find((value) => (typeof value === "string" && value !== "") || typeof value === "number");
  return found === undefined ? "" : textOf(found);
}

const fields: ReadonlySet<string> = new Set(Object.keys(writtenAs));
// The check in front of each use.
const isField = (text: string): text is PersonField => fields.has(text);
const shortIdentifiers: ReadonlySet<string> = new Set([
  "email",
  "phone",
  "user_id",
  "loyalty_id",
  "email_sha256",
  "anonymous_id",
  "ecid",
]);

function plainColumn(column: string): Column | undefined {
  const fact = Object.hasOwn(facts, column) ? facts[column] : undefined;
  if (fact) return { heading: column, read: fact };
  if (isField(column)) return { heading: column, read: (member) => fieldOf(member, column) };
  const namespace = column.startsWith("identifier.") ? column.slice("identifier.".length) : column;
  if (shortIdentifiers.has(column) || (namespace !== column && identifierName.test(namespace)))
    return { heading: column, read: (member) => identifierOf(member, namespace) ?? "" };
  const trait = column.startsWith("trait.") ? column.slice("trait.".length) : "";
  return name.test(trait) ? { heading: column, read: (member) => textOf(traitOf(member, trait)) } : undefined;
}

type Preset = {
  readonly style: HashStyle;
  /** Heading by column, in the order of the other system's template. */
  readonly headings: Readonly<Record<string, string>>;
  /** Sent as they are: the other system says so. */
  readonly unhashed: ReadonlySet<string>;
};

const presets: Readonly<Record<"meta" | "google", Preset>> = {
  meta: {
    style: "meta",
    headings: {
      email: "email",
      phone: "phone",
      device: "madid",
      first_name: "fn",
      last_name: "ln",
      zip: "zip",
      city: "ct",
      state: "st",
      country: "country",
      birth_date: "dob",
      birth_year: "doby",
      gender: "gen",
    },
    unhashed: new Set(["device"]),
  },
  google: {
    style: "standard",
    headings: {
      email: "Email",
      phone: "Phone",
      first_name: "First Name",
      last_name: "Last Name",
      country: "Country",
      zip: "Zip",
    },
    unhashed: new Set(["country", "zip"]),
  },
};

function readHashed(column: string, { style, unhashed }: Preset, member: Member): string {
  if (column === "device") return identifierOf(member, "device:ios") ?? identifierOf(member, "device:android") ?? "";
  if (isField(column)) {
    const written = fieldOf(member, column);
    const form = unhashed.has(column) ? normaliseField : hashField;
    return form(column, written, style) ?? "";
  }
  const value = identifierOf(member, column);
  if (value !== undefined) return hashIdentifier(column, value, style) ?? "";
  // Who is known by the hash of an address alone has the very hash that is asked for.
  return (column === "email" ? identifierOf(member, "email_sha256") : undefined) ?? "";
}

export type ExportTable = {
  readonly columns: readonly Column[];
  /** False for a member by whom nobody could be matched: an empty line helps nobody. */
  readonly isUseful: (cells: readonly string[]) => boolean;
};

const defaultColumns = ["profile_id", "email", "since"];

/**
 * The columns of a request, in its order.
 *
 * @param text names separated by commas; undefined = those of the format
 * @throws {ClienteleError} `activation.badColumn` with one detail for each
 */
export function readColumns(format: ExportFormat, text: string | undefined): ExportTable {
  const preset = format === "plain" ? undefined : presets[format];
  const defaults = preset ? Object.keys(preset.headings) : defaultColumns;
  const asked = text === undefined ? defaults : [...new Set(text.split(",").map((column) => column.trim()))];
  if (asked.length > maxColumns)
    throw new ClienteleError("activation.badColumn", `an export has at most ${maxColumns} columns`);
  const faults: ErrorDetail[] = [];
  const columns = asked.flatMap((column, place): readonly Column[] => {
    const heading = preset && Object.hasOwn(preset.headings, column) ? preset.headings[column] : undefined;
    const made =
      preset === undefined
        ? plainColumn(column)
        : heading === undefined
          ? undefined
          : { heading, read: (member: Member) => readHashed(column, preset, member) };
    if (made) return [made];
    const message = `${column.slice(0, 100)} is no column of the format ${format}`;
    faults.push({ path: `/columns/${place}`, code: "activation.badColumn", message });
    return [];
  });
  if (faults.length > 0)
    throw new ClienteleError("activation.badColumn", `${faults.length} columns are unknown`, { details: faults });
  if (!preset) return { columns, isUseful: () => true };
  const at = (column: string): number => asked.indexOf(column);
  const direct = ["email", "phone", "device"].map(at).filter((place) => place >= 0);
  const postal = ["first_name", "last_name", "zip", "country"].map(at);
  return {
    columns,
    isUseful: (cells) =>
      direct.some((place) => cells[place] !== "") || postal.every((place) => place >= 0 && cells[place] !== ""),
  };
}
