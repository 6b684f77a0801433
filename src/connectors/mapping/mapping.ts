// How rows of a foreign system become records: a mapping file, the same for CSV rows, JSON lines and the bodies of webhooks.
import { type Static, Type } from "typebox";

const text = (description: string, maxLength = 500) => Type.String({ description, minLength: 1, maxLength });
const words = Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50 });
const jsonValue = Type.Unknown({ description: "Any JSON value" });

/** One value of a row and how it is read; a plain text is short for `{from: text}`. */
const detailedSourceSchema = Type.Object(
  {
    from: Type.Optional(
      Type.Union(
        [
          text("Column, or path such as customer.email or lines.0.sku"),
          Type.Array(text("Column or path"), { minItems: 1, maxItems: 10 }),
        ],
        {
          description: "Where the value is; of several the first that is not empty",
        },
      ),
    ),
    value: Type.Optional(jsonValue),
    template: Type.Optional(text("Text with {column} in it, e.g. {first} {last}", 1000)),
    default: Type.Optional(jsonValue),
    trim: Type.Optional(Type.Boolean({ description: "Blanks around the text are cut off; default true" })),
    case: Type.Optional(Type.Union([Type.Literal("lower"), Type.Literal("upper")])),
    map: Type.Optional(
      Type.Record(Type.String({ maxLength: 200 }), jsonValue, {
        description: "Values by the text of the row; a text that is not listed stays, or is `otherwise`",
      }),
    ),
    otherwise: Type.Optional(jsonValue),
    split: Type.Optional(text("Separator of a list inside one text", 10)),
    as: Type.Optional(
      Type.Union(
        [
          Type.Literal("text"),
          Type.Literal("number"),
          Type.Literal("integer"),
          Type.Literal("money"),
          Type.Literal("date"),
          Type.Literal("boolean"),
          Type.Literal("list"),
          Type.Literal("json"),
        ],
        { description: "Type of the value; default: that of the target" },
      ),
    ),
    decimal: Type.Optional(Type.Union([Type.Literal("."), Type.Literal(",")])),
    unit: Type.Optional(
      Type.Union([Type.Literal("major"), Type.Literal("minor")], {
        description: "Amounts in units (12.34) or in hundredths (1234); default major",
      }),
    ),
    format: Type.Optional(text("Format of a date: YYYY MM DD HH mm ss SSS A Z, or iso, unix, unixMs; default iso", 60)),
    zone: Type.Optional(text("IANA time zone of dates without an offset", 60)),
    trueWords: Type.Optional(words),
    falseWords: Type.Optional(words),
    sign: Type.Optional(
      Type.Union([Type.Literal("absolute"), Type.Literal("negate")], { description: "Changes the sign of a number" }),
    ),
  },
  { additionalProperties: false },
);

const fieldSourceSchema = Type.Union([text("Column or path"), detailedSourceSchema]);
const fieldsSchema = Type.Record(Type.String({ minLength: 1, maxLength: 200 }), fieldSourceSchema, {
  description: "Field of the record → where it comes from",
});

const listSchema = Type.Object(
  {
    path: Type.Optional(text("Path of the list inside the row; without it each row is one entry")),
    fields: fieldsSchema,
  },
  { additionalProperties: false },
);

const optionsSchema = Type.Object(
  {
    zone: Type.Optional(text("IANA time zone of dates without an offset; default UTC", 60)),
    dateFormat: Type.Optional(text("Format of every date that names none", 60)),
    decimal: Type.Optional(Type.Union([Type.Literal("."), Type.Literal(",")])),
    currency: Type.Optional(Type.String({ pattern: "^[A-Z]{3}$", description: "Of amounts without a currency" })),
    passThrough: Type.Optional(
      Type.Boolean({ description: "Fields of a JSON row that are not mapped are taken as they are; default false" }),
    ),
    unmapped: Type.Optional(
      Type.Union([Type.Literal("ignore"), Type.Literal("attributes")], {
        description: "Columns that nothing reads: left out (default), or kept as attributes",
      }),
    ),
    groupWindow: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: "Rows within which the lines of one order must follow each other; default 10,000",
      }),
    ),
    skipWhen: Type.Optional(
      Type.Object(
        {
          from: text("Column or path"),
          is: Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 50 }),
        },
        { additionalProperties: false, description: "Rows that are passed over" },
      ),
    ),
  },
  { additionalProperties: false },
);

/** JSON Schema of a mapping file. */
export const mappingSchema = Type.Object(
  {
    kind: Type.Union([
      Type.Literal("customer"),
      Type.Literal("order"),
      Type.Literal("product"),
      Type.Literal("store"),
      Type.Literal("consent"),
      Type.Literal("loyalty"),
      Type.Literal("event"),
    ]),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    description: Type.Optional(Type.String({ maxLength: 2000 })),
    fields: fieldsSchema,
    items: Type.Optional(listSchema),
    lists: Type.Optional(
      Type.Object(
        { payments: Type.Optional(listSchema), refunds: Type.Optional(listSchema), returns: Type.Optional(listSchema) },
        { additionalProperties: false },
      ),
    ),
    options: Type.Optional(optionsSchema),
  },
  { additionalProperties: false, title: "Clientele mapping" },
);

export type DetailedSource = Readonly<Static<typeof detailedSourceSchema>>;
export type FieldSource = string | DetailedSource;
export type ListMapping = { readonly path?: string; readonly fields: Readonly<Record<string, FieldSource>> };
export type MappingOptions = Readonly<Static<typeof optionsSchema>>;

/** How rows become records of one kind. */
export type Mapping = {
  readonly kind: Static<typeof mappingSchema>["kind"];
  readonly name?: string;
  readonly description?: string;
  /** Target path (`mapping/targets.data.ts`) → source. `externalId`, `updatedAt` and `deleted` are targets too. */
  readonly fields: Readonly<Record<string, FieldSource>>;
  /** Lines of an order. */
  readonly items?: ListMapping;
  readonly lists?: { readonly payments?: ListMapping; readonly refunds?: ListMapping; readonly returns?: ListMapping };
  readonly options?: MappingOptions;
};
