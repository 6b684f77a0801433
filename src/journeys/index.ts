export * from "./reminders/index.ts";
