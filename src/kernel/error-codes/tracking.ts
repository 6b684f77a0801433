import type { ErrorEntry } from "../errors.ts";

export const trackingErrors = {
  "tracking.blocked": {
    status: 422,
    means: "The event breaks the tracking plan of its source, which blocks such events.",
    remedy: "Correct the event or the plan, then replay it from the dead letters.",
  },
  "tracking.schema": {
    status: 422,
    means: "A schema of a tracking plan uses something that plans may not hold.",
    remedy: "See docs/manual/tracking-plans.md for the supported keywords.",
  },
} as const satisfies Record<string, ErrorEntry>;
