export { createPrivacy, createPrivacyDoor, type Privacy, type PrivacyDoor } from "./create-privacy.ts";
export { detect as detectPersonalValue } from "./detect-classes.ts";
export type { ExpiringRecords, PrivacyParticipant } from "./participant.ts";
export type { RetentionDays } from "./retention-classes.data.ts";
