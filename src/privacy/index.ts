export { createPrivacy, createPrivacyDoor, type Privacy, type PrivacyDoor } from "./create-privacy.ts";
export type { PrivacyParticipant } from "./participant.ts";
export type { RetentionDays } from "./retention.ts";
