import { type Static, Type } from "typebox";
import { settingsSchema as simulationSchema } from "../simulation/settings.ts";

const { changes, drafts, storeView, marginFloor } = simulationSchema.properties;

/** A run that nobody thinks of any more must not go on for ever. */
export const maxDays = 60;
export const defaultDays = 14;

export const settingsSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, pattern: "^[^\\u0000]*\\S[^\\u0000]*$" }),
    endsAt: Type.Optional(
      Type.String({ format: "date-time", description: "At most 60 days ahead; default in 14 days" }),
    ),
    ...{ changes, drafts, storeView, marginFloor },
    trusted: Type.Optional(
      Type.Boolean({
        default: true,
        description: "Only carts that servers ask about; false: those of browsers too, at the prices that they tell",
      }),
    ),
  },
  { additionalProperties: false },
);

export type ShadowSettings = Static<typeof settingsSchema>;
