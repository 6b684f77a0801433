import { type TSchema, Type } from "typebox";
import { defaultPageSize, maxPageSize } from "../kernel/index.ts";

/** Query fields of every list: `limit` 1 to 200, default 50, and the opaque `cursor` of the answer before. */
export const pageQuerySchema = {
  limit: Type.Integer({ minimum: 1, maximum: maxPageSize, default: defaultPageSize }),
  cursor: Type.Optional(Type.String({ maxLength: 2000, description: "nextCursor of the page before" })),
};

/** An array of an answer: its static type is readonly, so that frozen data needs no copy. */
export function listOf<T extends TSchema>(item: T) {
  return Type.Immutable(Type.Array(item));
}

/** One page of a list; `nextCursor` is absent on the last. */
export function pageSchema<T extends TSchema>(item: T) {
  return Type.Object({ items: listOf(item), nextCursor: Type.Optional(Type.String()) });
}
