// Failures in the shape of the protocol: RFC 7807 documents with a type of the series EXEG-NNNN-SSS.
import { ClienteleError, type ErrorCode } from "../../kernel/index.ts";

export type Problem = {
  readonly type: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly report: {
    readonly requestId: string;
    readonly configId?: string;
    readonly eventIndex?: number;
    readonly errors?: readonly string[];
  };
};

type Row = readonly [exeg: string, title: string];

const rows: Readonly<Partial<Record<ErrorCode, Row>>> = {
  "adobe.datastream": ["0003", "Invalid datastream ID"],
  "adobe.requestShape": ["0101", "Invalid request"],
  "adobe.ecid": ["0101", "Invalid request"],
  "adobe.consentStandard": ["0102", "Invalid consent"],
  "adobe.consentValue": ["0103", "Missing consent value"],
  "adobe.consentText": ["0104", "Unprocessable consent value"],
  "adobe.primaryIdentity": ["0306", "Invalid primary identity"],
  "adobe.notAuthenticated": ["0501", "Unauthorized"],
  "access.unauthorized": ["0501", "Unauthorized"],
  "access.forbidden": ["0502", "Forbidden"],
  "access.originNotAllowed": ["0503", "Forbidden origin"],
  "http.malformedJson": ["0101", "Invalid request"],
  "http.badRequest": ["0101", "Invalid request"],
  "http.badEncoding": ["0101", "Invalid request"],
  "http.unsupportedMediaType": ["0105", "Unsupported media type"],
  "http.tooLarge": ["0106", "Request too large"],
  "http.rateLimited": ["0601", "Too many requests"],
  "collect.busy": ["0201", "Service unavailable"],
  "collect.eventTooLarge": ["0106", "Event too large"],
};

const fallback: Row = ["0200", "Request failed"];

function typeOf(exeg: string, status: number): string {
  return `https://ns.adobe.com/aep/errors/EXEG-${exeg}-${status}`;
}

/** The document of a failure; the text of a 5xx stays in the log. */
export function toProblem(error: ClienteleError, requestId: string, configId: string | undefined): Problem {
  const [exeg, title] = rows[error.code] ?? fallback;
  const errors = error.details.map(({ path, message }) => `${path} ${message}`);
  return {
    type: typeOf(exeg, error.status),
    status: error.status,
    title,
    detail: error.status >= 500 ? "The request could not be processed." : error.message,
    report: {
      requestId,
      ...(configId === undefined ? {} : { configId }),
      ...(errors.length > 0 ? { errors } : {}),
    },
  };
}

/** One event of a request that was otherwise taken. */
export function eventProblem(code: ErrorCode, message: string, requestId: string, eventIndex: number): Problem {
  const error = new ClienteleError(code, message);
  const problem = toProblem(error, requestId, undefined);
  return { ...problem, report: { ...problem.report, eventIndex } };
}

/** The answer to events of somebody who opted out [M]. */
export function optedOutWarning(requestId: string): Problem {
  return {
    type: typeOf("0301", 200),
    status: 200,
    title: "The identity has opted out of data collection",
    detail: "The events of this request were not stored.",
    report: { requestId },
  };
}

/** An identity token that does not hold: the request goes on without it. */
export function tokenWarning(requestId: string): Problem {
  return {
    type: typeOf("0302", 200),
    status: 200,
    title: "The identity token is not valid",
    detail: "The customer that it names was taken as a claim. Sign a new token on the shop's server.",
    report: { requestId },
  };
}
