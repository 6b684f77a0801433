// Ways on which a reminder reaches somebody: e-mail, text message, push. A rule names those it may take, in order of preference.
import type { RuleSubject } from "../../kernel/rules/index.ts";
import type { Person } from "./person.ts";

export const channels = ["email", "sms", "push"] as const;
export type Channel = (typeof channels)[number];

/** Namespace of the identifiers that are addresses of a channel. */
const namespaces: Readonly<Record<Channel, string>> = { email: "email", sms: "phone", push: "push_token" };
const mostDevices = 20;

/**
 * Where somebody is reached on a channel, the best first: one mail address, one phone number, or the devices that take push messages,
 * the newest first.
 */
export function addressesOf(channel: Channel, person: Person, subject: RuleSubject): readonly string[] {
  switch (channel) {
    case "email": {
      const address = subject.profile?.["email"];
      return typeof address === "string" && address.includes("@") ? [address.trim().toLowerCase()] : [];
    }
    case "sms": {
      const number = subject.profile?.["phone"];
      // Identifiers hold numbers in the form of E.164; a number that only an attribute knows may be written in any way.
      const plain = typeof number === "string" ? number.replaceAll(/[\s()./-]/g, "") : "";
      return /^\+[1-9][0-9]{6,14}$/.test(plain) ? [plain] : [];
    }
    case "push":
      return person.identifiers
        .filter(({ namespace, validTo }) => validTo === null && isAddress("push", namespace))
        .sort((a, b) => b.validFrom - a.validFrom || (a.value < b.value ? -1 : 1))
        .slice(0, mostDevices)
        .map(({ value }) => value);
  }
}

/** The identifier of an address, as suppression lists know it. */
export function identifierOf(
  channel: Channel,
  address: string,
): { readonly namespace: string; readonly value: string } {
  return { namespace: namespaces[channel], value: address };
}

/** Whether an identifier is an address of a channel, so that its failures are forgotten with the person. */
export function isAddress(channel: Channel, namespace: string): boolean {
  const own = namespaces[channel];
  return namespace === own || namespace.startsWith(`${own}:`);
}
