import { Type } from "typebox";
import { listOf } from "../http/index.ts";
import { type ProposalStatus, proposalStatuses } from "./proposal.ts";

const textOrNull = Type.Union([Type.String(), Type.Null()]);
const numberOrNull = Type.Union([Type.Number(), Type.Null()]);
const time = Type.String({ format: "date-time" });
const timeOrNull = Type.Union([time, Type.Null()]);

export const statusSchema = Type.Unsafe<ProposalStatus>(
  Type.Union(proposalStatuses.map((status) => Type.Literal(status))),
);

const proposalFields = {
  id: Type.String(),
  profileA: Type.String(),
  profileB: Type.String(),
  source: Type.Union([Type.Literal("matching"), Type.Literal("identity")], {
    description: "Found by comparing profiles, or reported by identity stitching",
  }),
  probability: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description: "That the two are one person; null when there is too little to compare",
  }),
  weight: Type.Union([Type.Number(), Type.Null()], { description: "Evidence in bits, all fields together" }),
  reasons: listOf(Type.String({ description: 'As "surname nearly the same (0.94), +4.2"; holds no values' })),
  status: statusSchema,
  foundAt: time,
  updatedAt: time,
  closedAt: timeOrNull,
  closedBy: Type.Union([Type.String(), Type.Null()], { description: "Null: by the program" }),
};

export const proposalSchema = Type.Object(proposalFields);

export const listedSchema = Type.Object({
  ...proposalFields,
  nameA: Type.Union([Type.String(), Type.Null()], {
    description: "Null: nothing is known to call it by, or the caller has not the scope personal-data",
  }),
  nameB: textOrNull,
});

export const detailSchema = Type.Object({
  ...proposalFields,
  isMasked: Type.Boolean({ description: "The caller has not the scope personal-data: values are •••" }),
  currentProfileA: Type.Union([Type.String(), Type.Null()], { description: "The survivor after a merge; null: gone" }),
  currentProfileB: textOrNull,
  prior: Type.Union([Type.Number(), Type.Null()], { description: "Bits before anything is compared" }),
  household: Type.Union([Type.Number(), Type.Null()], {
    description: "Bits taken away because people of one household look alike",
  }),
  fields: listOf(
    Type.Object({
      field: Type.String(),
      label: Type.String(),
      a: textOrNull,
      b: textOrNull,
      agreement: textOrNull,
      similarity: numberOrNull,
      weight: Type.Union([Type.Number(), Type.Null()], { description: "Bits for (+) or against (−) one person" }),
      text: textOrNull,
    }),
  ),
});

const count = Type.Integer({ minimum: 0 });

const runSchema = Type.Object({
  id: Type.String(),
  status: Type.Union([Type.Literal("running"), Type.Literal("done"), Type.Literal("failed")]),
  startedBy: Type.String(),
  startedAt: time,
  finishedAt: timeOrNull,
  durationMs: Type.Union([Type.Integer(), Type.Null()]),
  error: textOrNull,
  report: Type.Union([
    Type.Object({
      profiles: count,
      compared: Type.Integer({ minimum: 0, description: "Profiles with enough to compare" }),
      changed: Type.Integer({ minimum: 0, description: "New or changed since the run before" }),
      isTruncated: Type.Boolean(),
      candidates: count,
      found: count,
      proposed: Type.Integer({ minimum: 0, description: "New, or open again" }),
      merged: count,
      withdrawn: count,
      expectedPairs: Type.Integer({ minimum: 0, description: "Pairs of one person that the model expects in all" }),
      readMs: Type.Integer(),
      matchMs: Type.Integer(),
      storeMs: Type.Integer(),
    }),
    Type.Null(),
  ]),
});

export const reportSchema = Type.Object({
  counts: Type.Object({ open: count, merged: count, dismissed: count, withdrawn: count }),
  openPerThousandProfiles: Type.Union([Type.Number(), Type.Null()], { description: "Of the profiles compared last" }),
  mergedRatio: Type.Union([Type.Number(), Type.Null()], { description: "Merged of all that somebody decided, 0 to 1" }),
  lastRun: Type.Union([runSchema, Type.Null()]),
  runs: listOf(runSchema),
});
