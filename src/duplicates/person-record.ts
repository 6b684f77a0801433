/**
 * What a person is compared by, folded to plain lower-case text; "" and empty lists are missing. Dates are the eight digits
 * of year, month and day, phone numbers digits only.
 */
export type PersonRecord = {
  readonly id: string;
  readonly givenName: string;
  readonly surname: string;
  readonly birthDate: string;
  readonly houseNumber: string;
  readonly street: string;
  /** The rest of the address: flat, building, company. */
  readonly addressLine2: string;
  readonly city: string;
  readonly postcode: string;
  readonly region: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
};

/** The same facts as they were written, before folding. */
export type PersonFacts = {
  readonly id: string;
  readonly givenName?: string | undefined;
  readonly surname?: string | undefined;
  readonly birthDate?: string | undefined;
  readonly addressLine1?: string | undefined;
  readonly addressLine2?: string | undefined;
  readonly city?: string | undefined;
  readonly postcode?: string | undefined;
  readonly region?: string | undefined;
  readonly emails?: readonly string[] | undefined;
  readonly phones?: readonly string[] | undefined;
};

/** Values of a kind that are compared; a person with more is compared by the first ones. */
export const maxContacts = 3;
