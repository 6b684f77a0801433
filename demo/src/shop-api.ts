/** A refusal of the shop's server, with the faulty fields of a form. */
export class ShopFault extends Error {
  override readonly name = "ShopFault";
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  constructor(status: number, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

const timeLimitMs = 10_000;

type FaultBody = {
  readonly error?: {
    readonly message?: string;
    readonly fields?: readonly { readonly field: string; readonly message: string }[];
  };
};

async function call<Answer>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
  const limit = AbortSignal.timeout(timeLimitMs);
  const response = await fetch(`/shop/api${path}`, {
    method,
    credentials: "same-origin",
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    ...(method !== "GET" && { headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) }),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ShopFault(0, "The shop does not answer. Please check your connection and try again.");
  });
  const answer: unknown = await response.json().catch(() => null);
  // The shop's server declares these shapes in demo/server/views.ts; pages and server are built and shipped together.
  if (response.ok && answer !== null) return answer as Answer;
  const fault = (answer as FaultBody | null)?.error;
  const fields = Object.fromEntries((fault?.fields ?? []).map(({ field, message }) => [field, message]));
  throw new ShopFault(response.status, fault?.message ?? "Something went wrong. Please try again.", fields);
}

export const shopApi = {
  get: <Answer>(path: string, signal?: AbortSignal): Promise<Answer> => call("GET", path, undefined, signal),
  post: <Answer>(path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> =>
    call("POST", path, body, signal),
  put: <Answer>(path: string, body: unknown): Promise<Answer> => call("PUT", path, body),
};

export function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : "Something went wrong. Please try again.";
}
