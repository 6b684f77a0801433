import type { Channel } from "./channels.ts";

/** Why a sequence is over. */
export type EndReason = "completed" | "bought" | "emptied" | "restored" | "conditions" | "merged";

/** Why a step brought no mail. */
export type SkipReason =
  | "holdout"
  | "no_template"
  | "no_address"
  | "suppressed"
  | "unsubscribed"
  | "no_consent"
  | "address_failing"
  | "capped"
  | "too_late"
  | "rule_not_live"
  | "offer_unavailable"
  | "gone"
  | Exclude<EndReason, "completed">;

/** By the place of the trigger in the rule: when what it is about was touched last, UTC ms. */
export type Anchors = Readonly<Record<string, number>>;

/** The reminders that one customer gets from one rule for one occasion. Times are UTC ms. */
export type Sequence = {
  readonly profileId: string;
  readonly ruleId: string;
  /** 1, 2, …; a later one for the same customer and rule is a new occasion. */
  readonly sequence: number;
  /** Grows with each write. */
  readonly version: number;
  readonly firstMatchAt: number;
  readonly anchors: Anchors;
  /** Step that comes next; the number of steps when all have come. */
  readonly nextStep: number;
  /** In the control group: nothing is sent. */
  readonly control: boolean;
  readonly code: string | null;
  /** Local date, inclusive. */
  readonly codeExpires: string | null;
  readonly lastMailAt: number | null;
  readonly endedAt: number | null;
  readonly endedReason: EndReason | null;
  /** The occasion stopped to hold after the end. */
  readonly cleared: boolean;
};

export type MailState = "due" | "claimed" | "sent" | "failed" | "skipped";

/** A step of a sequence as it is written when it becomes due. */
export type NewMail = {
  readonly mailId: string;
  readonly profileId: string;
  readonly ruleId: string;
  readonly sequence: number;
  readonly step: number;
  readonly state: "due" | "skipped";
  readonly reason: SkipReason | null;
  readonly dueAt: number;
  readonly storeView: string | null;
  readonly template: string | null;
  readonly channel: Channel;
};
