// What is compared and how finely. `prior` is what we believe before seeing any data of how true pairs fall (m of Fellegi and
// Sunter) and `chance` of how unrelated pairs do (u); both are only where the estimation starts and what it leans on when
// there is little to learn from. Level 0 is "one of the two is missing" and weighs nothing.

/** One degree of agreement of a field. */
export type Level = {
  readonly code: string;
  /** For people, after the name of the field. */
  readonly label: string;
  readonly prior: number;
  readonly chance: number;
  /** The two share one value: its own frequency is the chance, so that a rare name says more than a common one. */
  readonly exact?: true;
  /** Speaks for the same person. */
  readonly agrees: boolean;
  /**
   * The level of a field of two parts when one part is missing: its probability is that of the levels in which the other part
   * is the same, for what is missing says nothing.
   */
  readonly sumOf?: readonly string[];
};

export type Field = {
  readonly name: FieldName;
  readonly label: string;
  /** People of one household share it: agreement says nothing of which of them it is. */
  readonly shared: boolean;
  readonly levels: readonly Level[];
};

export const fieldNames = [
  "givenName",
  "surname",
  "birthDate",
  "houseNumber",
  "street",
  "addressLine2",
  "place",
  "region",
  "email",
  "phone",
] as const;
export type FieldName = (typeof fieldNames)[number];

const same = (prior: number, chance: number, code = "same", label = "the same"): Level => ({
  code,
  label,
  prior,
  chance,
  exact: true,
  agrees: true,
});
const near = (code: string, label: string, prior: number, chance: number): Level => ({
  code,
  label,
  prior,
  chance,
  agrees: true,
});
const different = (prior: number, chance: number, code = "different", label = "different"): Level => ({
  code,
  label,
  prior,
  chance,
  agrees: false,
});

const nameLevels: readonly Level[] = [
  same(0.82, 0.01),
  near("typo", "nearly the same", 0.08, 0.003),
  near("similar", "similar", 0.05, 0.02),
  near("swapped", "the same as the other one's other name", 0.01, 0.0002),
  different(0.04, 0.96),
];

const lineLevels: readonly Level[] = [
  same(0.75, 0.002),
  near("typo", "nearly the same", 0.1, 0.001),
  near("similar", "similar", 0.05, 0.02),
  near("swapped", "in the other line of the address", 0.02, 0.0002),
  different(0.08, 0.97),
];

/** In the order of `fieldNames`. */
export const fields: readonly Field[] = [
  { name: "givenName", label: "first name", shared: false, levels: nameLevels },
  { name: "surname", label: "surname", shared: true, levels: nameLevels },
  {
    name: "birthDate",
    label: "birth date",
    shared: false,
    levels: [
      same(0.88, 0.0001),
      near("typo", "the same but for one digit, or day and month swapped", 0.05, 0.001),
      near("partly", "two of day, month and year the same", 0.03, 0.005),
      different(0.04, 0.99),
    ],
  },
  {
    name: "houseNumber",
    label: "house number",
    shared: true,
    levels: [same(0.83, 0.01), near("typo", "one digit apart", 0.07, 0.1), different(0.1, 0.89)],
  },
  { name: "street", label: "street", shared: true, levels: lineLevels },
  { name: "addressLine2", label: "second address line", shared: true, levels: lineLevels },
  {
    name: "place",
    label: "postcode and city",
    shared: true,
    levels: [
      same(0.75, 0.0005),
      near("cityTypo", "the same postcode, nearly the same city", 0.08, 0.0001),
      near("postcodeTypo", "the same city, nearly the same postcode", 0.06, 0.0002),
      { ...same(0.87, 0.001, "postcodeOnly", "the same postcode"), sumOf: ["same", "cityTypo", "otherCity"] },
      { ...same(0.87, 0.002, "cityOnly", "the same city"), sumOf: ["same", "postcodeTypo", "otherPostcode"] },
      near("otherCity", "the same postcode, different cities", 0.02, 0.0005),
      near("otherPostcode", "the same city, different postcodes", 0.04, 0.003),
      near("near", "nearly the same", 0.02, 0.004),
      different(0.03, 0.985),
    ],
  },
  {
    name: "region",
    label: "region",
    shared: true,
    levels: [same(0.9, 0.2), near("typo", "nearly the same", 0.04, 0.02), different(0.06, 0.78)],
  },
  {
    name: "email",
    label: "e-mail address",
    shared: false,
    levels: [
      same(0.6, 0.00001),
      near("typo", "one letter apart, or the same name at another provider", 0.1, 0.0001),
      different(0.3, 0.9998),
    ],
  },
  {
    name: "phone",
    label: "phone number",
    shared: true,
    levels: [same(0.65, 0.00001), near("typo", "one digit apart", 0.05, 0.0001), different(0.3, 0.9998)],
  },
];
