import type { ClienteleFault } from "./types.ts";

/** Why a call to the server gave no answer. */
export class ClienteleRequestError extends Error {
  override readonly name = "ClienteleRequestError";
  readonly code: ClienteleFault["code"];
  readonly status: number | undefined;
  /** @param cause the error of `fetch`, or the body of an answer that refused the call */
  constructor(code: ClienteleFault["code"], message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.status = status;
  }
}

export type HttpOptions = { readonly endpoint: string; readonly writeKey: string };

type Call = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
};

/** The error of an answer, as every path of the server words it. */
export async function readRefusal(response: Response): Promise<{ readonly code?: string } | undefined> {
  try {
    const answer: { readonly error?: { readonly code?: string } } = await response.json();
    return answer.error;
  } catch {
    return undefined;
  }
}

export type Http = { call<Answer>(call: Call): Promise<Answer> };

/** Calls that wait for an answer. A call that takes too long is aborted; the connection is not left open. */
export function createHttp({ endpoint, writeKey }: HttpOptions): Http {
  return {
    async call<Answer>({ method, path, query, body, timeoutMs, signal }: Call): Promise<Answer> {
      const search = query?.toString();
      const abort = new AbortController();
      const onAbort = (): void => abort.abort();
      const timer = setTimeout(onAbort, timeoutMs);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted) onAbort();
      try {
        const response = await fetch(`${endpoint}${path}${search ? `?${search}` : ""}`, {
          method,
          signal: abort.signal,
          credentials: "omit",
          headers: {
            Authorization: `Bearer ${writeKey}`,
            ...(body !== undefined && { "Content-Type": "application/json" }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        if (!response.ok) {
          const refusal = await readRefusal(response);
          const code = refusal?.code === "access.identityToken" ? "identityToken" : "http";
          throw new ClienteleRequestError(code, `${path} answered ${response.status}`, response.status, refusal);
        }
        // The server's OpenAPI document declares this shape; the SDK reads each field as optional where it matters.
        return (await response.json()) as Answer;
      } catch (error) {
        if (error instanceof ClienteleRequestError) throw error;
        const code = abort.signal.aborted ? "timeout" : "network";
        const message =
          code === "timeout" ? `${path} gave no answer in ${timeoutMs} ms` : `${path} could not be reached`;
        throw new ClienteleRequestError(code, message, undefined, error);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      }
    },
  };
}
