import { type HttpOptions, readRefusal } from "./http.ts";

export type Rejection = {
  readonly index: number;
  readonly messageId: string;
  readonly code: string;
  readonly message: string;
};

/** What became of a batch: the server has it, it may be tried again, or it can never succeed. */
export type Outcome =
  | { readonly kind: "accepted"; readonly rejected: readonly Rejection[] }
  | { readonly kind: "retry"; readonly waitMs: number | undefined; readonly message: string; readonly status?: number }
  | { readonly kind: "refused"; readonly status: number; readonly message: string; readonly code: string | undefined };

/** Events as JSON text, all written under one identity token or all without. */
export type Batch = { readonly events: readonly string[]; readonly identityToken: string | undefined };

export type Transport = {
  post(batch: Batch): Promise<Outcome>;
  /** For a page that goes away: no answer can be waited for. @returns whether the browser took the batch over */
  beacon(batch: Batch): boolean;
};

const answerTimeoutMs = 30_000;
// Browsers share 64 KiB between all unfinished keepalive requests of a page and refuse what goes beyond.
const keepaliveBytes = 63 * 1024;

/** Milliseconds of a `Retry-After` header: whole seconds or an HTTP date. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

async function rejectedIn(response: Response): Promise<readonly Rejection[]> {
  try {
    const answer: { readonly rejected?: readonly Rejection[] } = await response.json();
    return answer.rejected ?? [];
  } catch {
    // The status alone says that the batch is stored.
    return [];
  }
}

async function outcomeOf(response: Response): Promise<Outcome> {
  const { status } = response;
  if (response.ok) return { kind: "accepted", rejected: await rejectedIn(response) };
  const message = `/v1/events answered ${status}`;
  if (status === 408 || status === 429 || status >= 500) {
    return { kind: "retry", waitMs: parseRetryAfter(response.headers.get("retry-after"), Date.now()), message, status };
  }
  return { kind: "refused", status, message, code: (await readRefusal(response))?.code };
}

/** Delivers batches of events, each event already as JSON text. */
export function createTransport({ endpoint, writeKey }: HttpOptions): Transport {
  const bodyOf = ({ events, identityToken }: Batch): string =>
    `{"events":[${events.join(",")}],${identityToken ? `"identityToken":${JSON.stringify(identityToken)},` : ""}"sentAt":"${new Date().toISOString()}"}`;
  // A beacon cannot carry an Authorization header, and text/plain spares the preflight that a dying page cannot wait for.
  const beaconUrl = `${endpoint}/v1/events?writeKey=${encodeURIComponent(writeKey)}`;
  return {
    async post(batch) {
      const body = bodyOf(batch);
      try {
        const response = await fetch(`${endpoint}/v1/events`, {
          method: "POST",
          headers: { Authorization: `Bearer ${writeKey}`, "Content-Type": "application/json" },
          body,
          credentials: "omit",
          keepalive: body.length * 3 < keepaliveBytes || new Blob([body]).size < keepaliveBytes,
          signal: AbortSignal.timeout(answerTimeoutMs),
        });
        return await outcomeOf(response);
      } catch {
        return { kind: "retry", waitMs: undefined, message: `${endpoint}/v1/events could not be reached` };
      }
    },
    beacon(batch) {
      const body = bodyOf(batch);
      if (navigator.sendBeacon?.(beaconUrl, new Blob([body], { type: "text/plain" }))) return true;
      // Some blockers switch beacons off and leave fetch alone. The answer is not seen: the events stay stored.
      fetch(beaconUrl, {
        method: "POST",
        body,
        keepalive: true,
        credentials: "omit",
        headers: { "Content-Type": "text/plain" },
      }).catch(() => undefined);
      return false;
    },
  };
}
