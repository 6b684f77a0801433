/**
 * The one way to the server. Same origin, JSON in and out, session cookie; unsafe methods carry the
 * anti-forgery token that the session answer brought.
 */
export type Fault = { readonly path: string; readonly code: string; readonly message: string };

/** A refusal by the server, with its catalogue code and (for invalid input) every fault at once. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly id: string | undefined;
  readonly details: readonly Fault[];

  constructor(status: number, code: string, message: string, id?: string, details: readonly Fault[] = []) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.id = id;
    this.details = details;
  }
}

export type Params = Readonly<Record<string, string | number | boolean | null | undefined>>;

type Options = { readonly signal?: AbortSignal | undefined; readonly headers?: Readonly<Record<string, string>> };

const timeoutMs = 30_000;
let csrfToken = "";

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** For the few requests that are not sent by this file, such as uploads with progress. */
export function csrfHeaders(): Readonly<Record<string, string>> {
  return csrfToken === "" ? {} : { "x-clientele-csrf": csrfToken };
}

/** The refusal that an answer's text tells. */
export function readRefusal(status: number, text: string): ApiError {
  return toApiError(status, parseJson(text));
}

/** Path with its query; parameters that are empty are left out. */
export function withParams(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

export function get<T>(path: string, params?: Params, options?: Options): Promise<T> {
  return request<T>("GET", withParams(path, params), undefined, options);
}

export function post<T>(path: string, body: unknown = {}, options?: Options): Promise<T> {
  return request<T>("POST", path, body, options);
}

export function put<T>(path: string, body: unknown, options?: Options): Promise<T> {
  return request<T>("PUT", path, body, options);
}

export function patch<T>(path: string, body: unknown, options?: Options): Promise<T> {
  return request<T>("PATCH", path, body, options);
}

export function remove<T>(path: string, options?: Options): Promise<T> {
  return request<T>("DELETE", path, undefined, options);
}

async function request<T>(method: string, path: string, body: unknown, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json", ...options.headers };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET") Object.assign(headers, csrfHeaders());
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const response = await fetch(path, {
    method,
    headers,
    credentials: "same-origin",
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text === "" ? null : parseJson(text);
  if (!response.ok) throw toApiError(response.status, answer);
  // The caller names the documented answer of the route; the server validates its answers against the same schema.
  return answer as T;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function toApiError(status: number, answer: unknown): ApiError {
  const error = (answer as { error?: { id?: string; code?: string; message?: string; details?: Fault[] } } | null)
    ?.error;
  const details = Array.isArray(error?.details) ? error.details : [];
  return new ApiError(status, error?.code ?? "http.failed", error?.message ?? `HTTP ${status}`, error?.id, details);
}
