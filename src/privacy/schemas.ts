import { Type } from "typebox";
import type { PrivacyRequest } from "./request.ts";
import { erasureModes, erasureSteps, requestStatuses } from "./request.ts";

const oneOf = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));

export const Mode = oneOf(erasureModes);
export const Status = oneOf(requestStatuses);
export const Identifier = Type.Object({
  namespace: Type.String({ minLength: 1, maxLength: 100 }),
  value: Type.String({ minLength: 1, maxLength: 600 }),
});
export const Reason = Type.String({ maxLength: 500 });
export const ProfileParams = Type.Object({ id: Type.String({ format: "uuid" }) });
export const Loose = Type.Record(Type.String(), Type.Unknown());

export const RequestSchema = Type.Object({
  requestId: Type.String(),
  mode: Type.String(),
  status: Type.String({ description: "initialized, running, partial, finished, failed or invalid" }),
  step: Type.String(),
  progress: Type.Number({ description: "Share of the steps that are done, 0 to 1" }),
  profileId: Type.Union([Type.String(), Type.Null()]),
  counts: Type.Record(Type.String(), Type.Number()),
  reason: Type.String(),
  requestedBy: Type.String(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
  finishedAt: Type.Union([Type.String(), Type.Null()]),
  attempts: Type.Integer(),
  errorCode: Type.Union([Type.String(), Type.Null()]),
});

const iso = (ms: number): string => new Date(ms).toISOString();

/** A request as the API tells it; never whom it is about but for the profile's id. */
export function requestJson(request: PrivacyRequest) {
  const { person: _, createdAt, updatedAt, finishedAt, ...rest } = request;
  return {
    ...rest,
    progress: erasureSteps.indexOf(request.step) / (erasureSteps.length - 1),
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    finishedAt: finishedAt === null ? null : iso(finishedAt),
  };
}
