import type { ErrorEntry } from "../errors.ts";

export const remindersErrors = {
  "reminders.notFound": {
    status: 404,
    means: "There is no live e-mail reminder rule of this key.",
    remedy: "Publish the rule, or list those that are live at /v1/definitions/reminder-rule.",
  },
  "reminders.badRule": {
    status: 422,
    means: "The draft of a reminder rule has faults, so that nobody can be found whom it would remind.",
    remedy: "Correct the fields that the details name.",
  },
  "reminders.settingsChanged": {
    status: 412,
    means: "Somebody else changed the settings of reminders meanwhile.",
    remedy: "Read the settings again and send If-Match with the ETag of that answer.",
  },
  "reminders.running": {
    status: 409,
    means: "A run of reminders is under way.",
    remedy: "Wait until it has finished: /v1/reminders/runs shows it.",
  },
  "reminders.badLink": {
    status: 404,
    means: "A link to a cart is not one of ours, or too old.",
    remedy: "Open the shop and fill the cart anew.",
  },
} as const satisfies Record<string, ErrorEntry>;
