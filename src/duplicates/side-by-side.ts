// The values of two profiles beside each other, one row a field, with what its agreement says.
import type { ExplainedField } from "./explanation.ts";
import { type FieldName, fields } from "./fields.data.ts";
import { splitStreet } from "./normalise-person.ts";
import type { Proposal } from "./proposal.ts";
import type { KnownFacts } from "./read-person.ts";

/** What a reader sees who may not see personal data: that there is a value. */
const hidden = "•••";

export type ComparedField = {
  readonly field: FieldName;
  readonly label: string;
  /** Null: the profile has none, or is gone. */
  readonly a: string | null;
  readonly b: string | null;
  /** Null: nothing to compare when the proposal was made. */
  readonly agreement: string | null;
  readonly similarity: number | null;
  readonly weight: number | null;
  readonly text: string | null;
};

function factOf(facts: KnownFacts, field: FieldName): string {
  switch (field) {
    case "houseNumber":
      return splitStreet(facts.addressLine1).houseNumber;
    case "street":
      return splitStreet(facts.addressLine1).street;
    case "place":
      return `${facts.postcode} ${facts.city}`.trim();
    case "email":
      return facts.emails.join(", ");
    case "phone":
      return facts.phones.join(", ");
    default:
      return facts[field];
  }
}

/** @param mayRead false masks every value */
export function sideBySide(
  { explanation }: Proposal,
  a: KnownFacts | null,
  b: KnownFacts | null,
  mayRead: boolean,
): readonly ComparedField[] {
  const explained = new Map<string, ExplainedField>(explanation?.fields.map((field) => [field.field, field]));
  const shown = (facts: KnownFacts | null, field: FieldName): string | null => {
    const value = facts === null ? "" : factOf(facts, field);
    return value === "" ? null : mayRead ? value : hidden;
  };
  return fields.map(({ name, label }) => {
    const { agreement = null, similarity = null, weight = null, text = null } = explained.get(name) ?? {};
    return { field: name, label, a: shown(a, name), b: shown(b, name), agreement, similarity, weight, text };
  });
}
