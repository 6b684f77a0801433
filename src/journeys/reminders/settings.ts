import { type Static, Type } from "typebox";
import { nextMinuteOfHour, nextTimeOfDay } from "./local-time.ts";

const storeSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    url: Type.Optional(Type.String({ maxLength: 1000, format: "uri", pattern: "^https?://" })),
    accountUrl: Type.Optional(Type.String({ maxLength: 1000, format: "uri", pattern: "^https?://" })),
    logoUrl: Type.Optional(Type.String({ maxLength: 1000, format: "uri", pattern: "^https?://" })),
    sender: Type.Optional(Type.String({ maxLength: 100, description: "Identity of the shop that mails come from" })),
  },
  { additionalProperties: false },
);

const frequencySchema = Type.Union([
  Type.Object(
    { every: Type.Union([Type.Literal(5), Type.Literal(10), Type.Literal(15), Type.Literal(20), Type.Literal(30)]) },
    { additionalProperties: false, description: "Minutes" },
  ),
  Type.Object(
    { hourlyAt: Type.Integer({ minimum: 0, maximum: 59, description: "Minute of each hour" }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { dailyAt: Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", description: "Local time" }) },
    { additionalProperties: false },
  ),
]);

/** How runs are made, for all rules. */
export const settingsSchema = Type.Object(
  {
    enabled: Type.Boolean(),
    frequency: frequencySchema,
    startAt: Type.Union([Type.String({ format: "date-time" }), Type.Null()], { description: "No run before it" }),
    maxMailsPerRun: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    failureThreshold: Type.Integer({
      minimum: 0,
      maximum: 1000,
      description: "So many failures in a row and an address is not tried again; 0 = no limit",
    }),
    cap: Type.Union(
      [
        Type.Object(
          { mails: Type.Integer({ minimum: 1, maximum: 100 }), days: Type.Integer({ minimum: 1, maximum: 365 }) },
          { additionalProperties: false },
        ),
        Type.Null(),
      ],
      { description: "At most so many reminders of all rules to a customer in so many days; null = no limit" },
    ),
    sender: Type.String({ maxLength: 100, description: "Identity of the shop that mails come from" }),
    stores: Type.Record(Type.String({ maxLength: 64 }), storeSchema, { description: "By store view; `*` for others" }),
  },
  { additionalProperties: false },
);

export type ReminderSettings = Static<typeof settingsSchema>;
export type StoreFacts = Static<typeof storeSchema>;

export const defaultSettings: ReminderSettings = {
  enabled: true,
  frequency: { every: 5 },
  startAt: null,
  maxMailsPerRun: 1000,
  failureThreshold: 3,
  cap: null,
  sender: "general",
  stores: {},
};

export function storeOf({ stores }: ReminderSettings, storeView: string): StoreFacts {
  const own = Object.hasOwn(stores, storeView) ? stores[storeView] : undefined;
  return { ...stores["*"], ...own };
}

const minuteMs = 60_000;

/**
 * When the next run is due.
 *
 * Runs every so many minutes keep to a grid that begins with the start time, else with the epoch, so that they do not drift.
 * Hourly and daily ones go by the clock of the zone.
 *
 * @param lastRunAt when the last run began; null = there was none
 * @param timezone IANA
 * @returns null while runs are switched off
 */
export function nextRunAt(settings: ReminderSettings, lastRunAt: number | null, timezone: string): number | null {
  if (!settings.enabled) return null;
  const startAt = settings.startAt === null ? 0 : Date.parse(settings.startAt);
  const after = Math.max(lastRunAt ?? 0, startAt - 1);
  const { frequency } = settings;
  if ("every" in frequency) {
    const stepMs = frequency.every * minuteMs;
    return startAt + (Math.floor((after - startAt) / stepMs) + 1) * stepMs;
  }
  if ("hourlyAt" in frequency) return nextMinuteOfHour(after, frequency.hourlyAt, timezone);
  const [hours = 0, minutes = 0] = frequency.dailyAt.split(":").map(Number);
  return nextTimeOfDay(after, hours * 60 + minutes, timezone);
}
