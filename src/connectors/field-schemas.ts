// Fields that sources and destinations share.
import { Type } from "typebox";

export const keySchema = Type.String({ pattern: "^[a-z0-9][a-z0-9._-]{0,59}$" });
export const nameSchema = Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000]*$" });
/** Values may hold line ends: a PEM key has them. Those that become a header are checked where they are used. */
export const secretsSchema = Type.Record(
  Type.String({ pattern: "^[A-Za-z][A-Za-z0-9]{0,39}$" }),
  Type.Union([Type.String({ minLength: 1, maxLength: 8_000, pattern: "^[^\\u0000]*$" }), Type.Null()]),
  { description: "Never shown again; null removes one, what is not named stays" },
);
