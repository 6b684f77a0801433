import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { normalisePerson } from "./normalise-person.ts";
import type { PersonRecord } from "./person-record.ts";

// Reads the FEBRL person records for the quality test; no part of the server. The number of a record is only the answer to
// check against, and the social security number is left out: no shop has it.

export type FebrlRecord = { readonly person: string; readonly record: PersonRecord };

/** @returns undefined when the folder has no such data set */
export function loadFebrl(dataFolder: string, name: string): readonly FebrlRecord[] | undefined {
  const file = `${dataFolder}/febrl/${name}.csv.gz`;
  if (!existsSync(file)) return undefined;
  const [header = "", ...lines] = gunzipSync(readFileSync(file)).toString("utf8").trimEnd().split("\n");
  const columns = header.trim().split(",");
  return lines.map((line, index) => {
    const cells = line.trim().split(",");
    const at = (column: string) => cells[columns.indexOf(column)] ?? "";
    return {
      person: at("rec_id").split("-")[1] ?? "",
      record: normalisePerson({
        id: String(index),
        givenName: at("given_name"),
        surname: at("surname"),
        birthDate: at("date_of_birth"),
        addressLine1: `${at("street_number")} ${at("address_1")}`.trim(),
        addressLine2: at("address_2"),
        city: at("suburb"),
        postcode: at("postcode"),
        region: at("state"),
      }),
    };
  });
}
