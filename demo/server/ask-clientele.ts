import { isFields } from "./form.ts";

export type ClienteleAccess = { readonly clienteleUrl: string; readonly serverToken: string };

/** What Clientele answered; status 0 means that it gave no answer in time. */
export type ClienteleAnswer = { readonly status: number; readonly body: unknown };

/** Asks Clientele with the token of the shop's server. Never throws: whoever asks says what an absent answer means. */
export async function askClientele(
  { clienteleUrl, serverToken }: ClienteleAccess,
  path: string,
  { body, timeoutMs }: { readonly body?: object; readonly timeoutMs: number },
): Promise<ClienteleAnswer> {
  try {
    const response = await fetch(new URL(path, clienteleUrl), {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${serverToken}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: await response.json() };
  } catch {
    // No connection, no answer in time, or no JSON: all the same to the shop.
    return { status: 0, body: null };
  }
}

/** Cents of an amount in the shop's currency; undefined for anything else. */
export function readCents(value: unknown): number | undefined {
  if (!isFields(value) || value["currency"] !== "USD") return undefined;
  const { minor } = value;
  return typeof minor === "number" && Number.isSafeInteger(minor) && minor >= 0 ? minor : undefined;
}
