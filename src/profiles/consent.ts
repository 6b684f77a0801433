import type { ProfileState } from "./profile.ts";

/** The person said no to personalisation: their profile must not shape what they see. Nothing said is not a no. */
export function refusesPersonalisation(state: Pick<ProfileState, "consents">): boolean {
  return state.consents["personalisation"]?.status === "denied";
}
