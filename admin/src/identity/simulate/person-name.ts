import { messages } from "../../messages.data.ts";

/** `p12` → Person 12 */
export function personName(name: string): string {
  return messages.identity.simulate.person(name.slice(1));
}
