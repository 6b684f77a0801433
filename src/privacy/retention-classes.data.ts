/** What goes by age. */
export type RetentionClass = {
  readonly id: RetentionClassId;
  /** Contract default, days. */
  readonly defaultDays: number;
  /** Fewer are refused; 0 = for ever is allowed to all. */
  readonly minDays: number;
};

export const retentionClassIds = [
  "anonymousProfiles",
  "events",
  "orders",
  "decisions",
  "deliveries",
  "userAgents",
  "requests",
] as const;
export type RetentionClassId = (typeof retentionClassIds)[number];

/** Days by class; 0 = for ever. */
export type RetentionDays = Readonly<Record<RetentionClassId, number>>;

/** Five years: an order's money facts are kept at least that long, whatever is configured. */
export const minOrderDays = 1_827;
export const maxRetentionDays = 36_500;

export const retentionClasses: readonly RetentionClass[] = [
  // Profiles that nobody signed in to, after their last event: 13 months.
  { id: "anonymousProfiles", defaultDays: 396, minDays: 1 },
  // Events that are no orders: 25 months.
  { id: "events", defaultDays: 761, minDays: 1 },
  // Orders and the history imported with them: 10 years.
  { id: "orders", defaultDays: 3_653, minDays: minOrderDays },
  // Decisions that were shown: 25 months.
  { id: "decisions", defaultDays: 761, minDays: 1 },
  // Logs of what was sent to persons: 24 months.
  { id: "deliveries", defaultDays: 731, minDays: 1 },
  // User agents in events of clients that send them as a field: 30 days.
  { id: "userAgents", defaultDays: 30, minDays: 1 },
  // Records of privacy requests that ended: 36 months.
  { id: "requests", defaultDays: 1_096, minDays: 1 },
];
