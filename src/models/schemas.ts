import { Type } from "typebox";
import { listOf } from "../http/index.ts";

const time = Type.String({ format: "date-time" });
const timeOrNull = Type.Union([time, Type.Null()]);
const textOrNull = Type.Union([Type.String(), Type.Null()]);
const integerOrNull = Type.Union([Type.Integer(), Type.Null()]);

const gateSchema = Type.Object({
  passed: Type.Boolean(),
  reasons: listOf(Type.String({ description: "Sentences: what failed, or what the version is ahead of" })),
});

export const runSchema = Type.Object({
  id: Type.String(),
  key: Type.String(),
  purpose: Type.Union([Type.Literal("train"), Type.Literal("score")]),
  status: Type.Union([
    Type.Literal("running"),
    Type.Literal("done"),
    Type.Literal("failed"),
    Type.Literal("cancelled"),
  ]),
  stage: Type.String({ description: "What it does, or how it ended" }),
  done: Type.Integer(),
  total: Type.Integer(),
  startedBy: Type.String(),
  startedAt: time,
  heartbeatAt: time,
  finishedAt: timeOrNull,
  version: integerOrNull,
  error: textOrNull,
});

export const versionSchema = Type.Object({
  key: Type.String(),
  version: Type.Integer(),
  runId: Type.String(),
  trainedAt: time,
  seed: Type.Integer({ description: "The same people, clock and seed give the same version" }),
  gate: gateSchema,
  status: Type.Union([Type.Literal("live"), Type.Literal("retired"), Type.Literal("refused")]),
  promotedAt: timeOrNull,
  promotedBy: Type.Union([Type.String(), Type.Null()], { description: "Null: by its gate" }),
});

export const modelSchema = Type.Object({
  key: Type.String(),
  label: Type.String(),
  kind: Type.Union([
    Type.Literal("score"),
    Type.Literal("customer_value"),
    Type.Literal("clusters"),
    Type.Literal("lookalike"),
  ]),
  settings: Type.Record(Type.String(), Type.Unknown()),
  trait: Type.String({ description: "Rules read it as `profile.<trait>`" }),
  status: Type.Union([
    Type.Literal("untrained"),
    Type.Literal("training"),
    Type.Literal("live"),
    Type.Literal("refused"),
  ]),
  liveVersion: integerOrNull,
  newestVersion: integerOrNull,
  trainedAt: Type.Union([time, Type.Null()], { description: "Of the newest version" }),
  gate: Type.Union([gateSchema, Type.Null()], { description: "Of the newest version" }),
  run: Type.Union([runSchema, Type.Null()], { description: "The newest run" }),
});

const metrics = Type.Record(Type.String(), Type.Union([Type.Number(), Type.Null()]));

/** The kinds of models have different parts. */
export const reportSchema = Type.Object({
  version: versionSchema,
  metrics,
  baseline: Type.Optional(Type.Record(Type.String(), metrics)),
  calibration: Type.Optional(
    Type.Array(Type.Object({ expected: Type.Number(), actual: Type.Number(), count: Type.Integer() }), {
      description: "Ten groups of equal size by rising prediction",
    }),
  ),
  lift: Type.Optional(
    Type.Array(
      Type.Object({ decile: Type.Integer(), rate: Type.Number(), lift: Type.Union([Type.Number(), Type.Null()]) }),
    ),
  ),
  importance: Type.Optional(
    Type.Array(Type.Object({ feature: Type.String(), share: Type.Number(), sentence: Type.String() })),
  ),
  split: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  test: Type.Optional(Type.Object({ rows: Type.Integer(), positives: Type.Integer() })),
  learner: Type.Optional(Type.String()),
  sizes: Type.Optional(
    Type.Array(
      Type.Object({
        share: Type.Number(),
        threshold: Type.Number(),
        likeness: Type.Union([Type.Number(), Type.Null()]),
      }),
      { description: "Size slider of a look-alike" },
    ),
  ),
  clusters: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.String(),
        label: Type.String(),
        people: Type.Integer(),
        share: Type.Number(),
        differs: Type.Array(
          Type.Object({
            feature: Type.String(),
            sentence: Type.String(),
            group: Type.Union([Type.Number(), Type.Null()]),
            all: Type.Union([Type.Number(), Type.Null()]),
          }),
        ),
      }),
    ),
  ),
  people: Type.Optional(Type.Unknown()),
  customerValue: Type.Optional(Type.Unknown()),
});
