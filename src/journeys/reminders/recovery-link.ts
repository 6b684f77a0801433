// A link that opens a cart again on any device: sealed, so that nobody makes one for a stranger's cart or reads whose it is.
import { isUuid } from "../../kernel/index.ts";

const lastsMs = 60 * 86_400_000;
const maxLength = 1_000;
const context = "reminder-cart";

export type RecoveryClaim = { readonly profileId: string; readonly mailId: string };

/** Seals texts so that only this deployment opens them; `open` throws for anything else. */
export type Seal = {
  readonly seal: (secrets: Readonly<Record<string, string>>, context: string) => string;
  readonly open: (sealed: string, context: string) => Readonly<Record<string, string>>;
};

/** @returns a token that is good for 60 days */
export function signRecovery(
  { profileId, mailId }: RecoveryClaim,
  { seal }: Pick<Seal, "seal">,
  nowMs: number,
): string {
  return seal({ p: profileId, m: mailId, u: String(nowMs + lastsMs) }, context);
}

/** @returns undefined for a token that is forged, changed or too old */
export function readRecovery(token: string, box: Pick<Seal, "open">, nowMs: number): RecoveryClaim | undefined {
  if (token.length > maxLength) return undefined;
  const claim = openOrNothing(token, box);
  const { p: profileId = "", m: mailId = "", u: until = "" } = claim ?? {};
  return isUuid(profileId) && isUuid(mailId) && Number(until) > nowMs ? { profileId, mailId } : undefined;
}

function openOrNothing(token: string, { open }: Pick<Seal, "open">): Readonly<Record<string, string>> | undefined {
  try {
    return open(token, context);
  } catch {
    // A foreign text is no token of ours; the caller answers with its own message.
    return undefined;
  }
}
