import { Type } from "typebox";

/** Money of an answer. What a call states has bounds of its own. */
export const moneySchema = Type.Object({
  minor: Type.Integer({ description: "Minor units, e.g. cents" }),
  currency: Type.String({ description: "ISO 4217" }),
});
