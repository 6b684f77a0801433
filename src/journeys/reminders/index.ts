export { type Channel, channels, identifierOf, isAddress } from "./channels.ts";
export { createReminders, type Reminders, type RemindersDeps } from "./create-reminders.ts";
export type { ProductNow } from "./interests.ts";
export type { People, Person } from "./person.ts";
export type {
  CouponPort,
  DueReminder,
  IssuedCode,
  ProductFacts,
  Promotion,
  ReminderOutcome,
  ReminderVariables,
} from "./ports.ts";
export type { ReminderBody } from "./reminder-body.ts";
export { createReminderStore, personalReminderTables } from "./store.ts";
