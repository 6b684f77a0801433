import { Type } from "typebox";
import { listOf, pageQuerySchema } from "../http/index.ts";
import { listSorts } from "./definition.ts";

// The shapes of the definitions API. Bodies are of any shape here: the kind's own schema checks them, so that all of
// their faults come with those of the frame in one answer.

const statusNames = ["draft", "in_review", "scheduled", "live", "paused", "ended", "archived"] as const;
const status = Type.Enum(statusNames);
const nullableText = Type.Union([Type.String(), Type.Null()]);
const nullableInteger = Type.Union([Type.Integer(), Type.Null()]);
const storeView = Type.String({ minLength: 1, maxLength: 100 });

const scopeSchema = Type.Object(
  { storeViews: Type.Union([Type.Null(), listOf(storeView)], { description: "null = all" }) },
  { additionalProperties: false },
);

const bound = Type.Union([Type.String({ maxLength: 40 }), Type.Null()]);
const scheduleSchema = Type.Object(
  {
    from: bound,
    to: bound,
    timezone: Type.String({ maxLength: 60, description: "IANA zone of times without an offset" }),
  },
  { additionalProperties: false, description: "ISO times, half-open; null = no bound" },
);
const nullableSchedule = Type.Union([scheduleSchema, Type.Null()]);
const labels = Type.Array(Type.String({ minLength: 1, maxLength: 60, pattern: "^[^\\u0000]*$" }), {
  maxItems: 50,
  uniqueItems: true,
});
const note = Type.String({ maxLength: 2000, pattern: "^[^\\u0000]*$" });

const draftFields = {
  name: Type.String({ maxLength: 1000 }),
  body: Type.Unknown({ description: "By the schema of the kind" }),
  scope: Type.Optional(scopeSchema),
  schedule: Type.Optional(nullableSchedule),
  labels: Type.Optional(labels),
  note: Type.Optional(note),
};
export const draftSchema = Type.Object(draftFields, { additionalProperties: false });
export const newDefinitionSchema = Type.Object(
  {
    key: Type.Optional(Type.String({ maxLength: 200, description: "Made from the name when absent; never changes" })),
    ...draftFields,
  },
  { additionalProperties: false },
);

const summaryFields = {
  id: Type.String(),
  kind: Type.String(),
  key: Type.String(),
  name: Type.String(),
  status,
  draftStatus: Type.Union([Type.Enum(["draft", "in_review"]), Type.Null()], {
    description: "Of a version that is not published",
  }),
  scope: scopeSchema,
  schedule: nullableSchedule,
  labels: listOf(Type.String()),
  version: Type.Integer({ description: "The newest" }),
  draftVersion: nullableInteger,
  liveVersion: nullableInteger,
  pendingVersion: nullableInteger,
  publishAt: nullableText,
  nextChangeAt: nullableText,
  everLive: Type.Boolean(),
  etag: Type.Integer(),
  createdAt: Type.String(),
  createdBy: Type.String(),
  updatedAt: Type.String(),
  updatedBy: Type.String(),
};
export const summarySchema = Type.Object(summaryFields);
export const definitionSchema = Type.Object({ ...summaryFields, body: Type.Unknown() });

const versionFields = {
  version: Type.Integer(),
  name: Type.String(),
  scope: scopeSchema,
  schedule: nullableSchedule,
  author: Type.String(),
  note: Type.String(),
  restoredFrom: nullableInteger,
  createdAt: Type.String(),
};
export const versionSummarySchema = Type.Object(versionFields);
export const versionSchema = Type.Object({ ...versionFields, body: Type.Unknown() });

export const kindSchema = Type.Object({
  kind: Type.String(),
  label: Type.String(),
  schema: Type.Unknown({ description: "JSON Schema of the body" }),
  counts: Type.Record(Type.String(), Type.Integer(), { description: "Definitions by status" }),
});
export const useSchema = Type.Object({
  kind: Type.String(),
  id: Type.String(),
  key: Type.String(),
  name: Type.String(),
  status,
  isLive: Type.Boolean(),
  path: Type.String(),
});
export const differenceSchema = Type.Object({
  path: Type.String(),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
});
export const activitySchema = Type.Object({
  id: Type.String(),
  at: Type.String(),
  actor: Type.String(),
  via: Type.String(),
  action: Type.String(),
  requestId: nullableText,
  before: Type.Unknown(),
  after: Type.Unknown(),
});

export const kindParams = Type.Object({ kind: Type.String({ maxLength: 60 }) });
export const definitionParams = Type.Object({
  kind: Type.String({ maxLength: 60 }),
  idOrKey: Type.String({ maxLength: 200 }),
});
export const versionParams = Type.Object({
  kind: Type.String({ maxLength: 60 }),
  idOrKey: Type.String({ maxLength: 200 }),
  version: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }),
});
const versionNumber = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 });
export const diffQuery = Type.Object({ from: versionNumber, to: versionNumber });
export const listQuery = Type.Object({
  ...pageQuerySchema,
  search: Type.Optional(Type.String({ maxLength: 200, pattern: "^[^\\u0000]*$", description: "In name or key" })),
  status: Type.Optional(
    Type.String({ maxLength: 200, description: `One or more, by comma: ${statusNames.join(", ")}` }),
  ),
  storeView: Type.Optional(storeView),
  label: Type.Optional(Type.String({ maxLength: 60 })),
  sort: Type.Optional(Type.Enum(listSorts)),
});
export const actionBody = Type.Optional(
  Type.Object(
    {
      at: Type.Optional(
        Type.String({ format: "date-time", description: "publish, rollback: when it takes effect; default now" }),
      ),
      version: Type.Optional(versionNumber),
      note: Type.Optional(note),
      force: Type.Optional(Type.Boolean({ description: "archive: also when live definitions use it" })),
    },
    { additionalProperties: false },
  ),
);
export const statuses: readonly string[] = statusNames;

/** The file form of a definition; `key` and the body are checked with the rest of it. */
export const fileSchema = Type.Object(
  {
    kind: Type.String(),
    key: Type.String(),
    name: Type.String(),
    scope: scopeSchema,
    schedule: nullableSchedule,
    labels: Type.Optional(labels),
    body: Type.Unknown(),
    status,
  },
  { additionalProperties: false },
);

const instant = Type.String({ format: "date-time" });
export const calendarQuery = Type.Object({
  from: instant,
  to: instant,
  kind: Type.Optional(Type.String({ maxLength: 1_000, description: "One or more, by comma; default all" })),
});
export const calendarSchema = Type.Object({
  timezone: Type.String({ description: "In which the days of price rules begin" }),
  isCut: Type.Boolean({ description: "There is more than could be looked at" }),
  items: listOf(
    Type.Object({
      ...{ id: Type.String(), kind: Type.String(), key: Type.String(), name: Type.String(), status },
      isDraft: Type.Boolean({ description: "Times of a version that is not published" }),
      scope: scopeSchema,
      from: Type.Union([instant, Type.Null()], { description: "null = since ever" }),
      to: Type.Union([instant, Type.Null()], { description: "null = without end" }),
    }),
  ),
});
