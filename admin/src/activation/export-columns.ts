/** Columns that an export offers, by preset. Pure. */
import type { messages } from "../messages.data.ts";

export const exportPresets = ["plain", "meta", "google"] as const;
export type ExportPreset = (typeof exportPresets)[number];
export type ExportColumn = keyof typeof messages.activation.columnNames;

type Columns = { readonly all: readonly ExportColumn[]; readonly chosen: readonly ExportColumn[] };

const meta = [
  "email",
  "phone",
  "device",
  "first_name",
  "last_name",
  "zip",
  "city",
  "state",
  "country",
  "birth_date",
  "birth_year",
  "gender",
] as const;
const google = ["email", "phone", "first_name", "last_name", "country", "zip"] as const;
const plain = [
  "profile_id",
  "email",
  "phone",
  "user_id",
  "loyalty_id",
  "first_name",
  "last_name",
  "zip",
  "city",
  "country",
  "since",
  "version",
] as const;

/** In the order in which the file has them. */
export function columnsOf(preset: ExportPreset): Columns {
  switch (preset) {
    case "meta":
      return { all: meta, chosen: meta };
    case "google":
      return { all: google, chosen: google };
    case "plain":
      return { all: plain, chosen: ["profile_id", "email", "since"] };
  }
}

/** The consent that is usual for it; the server's own default. */
export function consentOf(preset: ExportPreset): string {
  return preset === "plain" ? "marketing" : "advertising";
}
