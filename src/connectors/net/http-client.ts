// The one way out to configured HTTP targets: every address is checked at the moment of connecting (a name that changes its
// address between a check and the connection gains nothing), no redirect is followed, time and size are limited.
import { type LookupAddress, lookup as lookupName } from "node:dns";
import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { ClienteleError } from "../../kernel/index.ts";
import { checkTarget, isPrivateAddress, privateTarget } from "./target-guard.ts";

export type HttpCall = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "HEAD";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Of the whole call; for a stream, of each pause in it. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** At most `maxAnswerBytes`; the rest was thrown away. */
  readonly body: Buffer;
};

export type HttpClient = {
  /**
   * Sends one request and reads its answer.
   *
   * @throws {ClienteleError} `connectors.badTarget` for a refused address, `connectors.unreachable` for everything that gives no answer
   */
  readonly send: (call: HttpCall) => Promise<HttpAnswer>;
  /** As `send`, with the body as a stream, which the caller reads or destroys. */
  readonly open: (call: HttpCall) => Promise<IncomingMessage>;
  readonly close: () => void;
};

export type HttpClientOptions = { readonly allowPrivateTargets: boolean; readonly maxAnswerBytes?: number };

const defaultAnswerBytes = 1024 ** 2;
const maxSockets = 16;

function guardedLookup(allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookupName(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) {
        callback(error, "", 0);
        return;
      }
      if (!allowPrivate && addresses.some(({ address }) => isPrivateAddress(address))) {
        callback(privateTarget(hostname), "", 0);
        return;
      }
      const [first] = addresses;
      if (options.all) callback(null, addresses);
      else callback(null, first?.address ?? "", first?.family ?? 4);
    });
  };
}

function unreachable(call: HttpCall, cause: unknown): ClienteleError {
  if (cause instanceof ClienteleError) return cause;
  const { host } = new URL(call.url);
  const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "no answer";
  return new ClienteleError("connectors.unreachable", `${host} does not answer: ${reason}`, { cause });
}

async function readBody(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    const piece: Buffer = chunk;
    chunks.push(piece.subarray(0, Math.max(0, maxBytes - bytes)));
    bytes += piece.length;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(chunks);
}

/** Makes the client; connections are kept and shared, `close` ends them. */
export function createHttpClient({
  allowPrivateTargets,
  maxAnswerBytes = defaultAnswerBytes,
}: HttpClientOptions): HttpClient {
  const lookup = guardedLookup(allowPrivateTargets);
  const agents = {
    "http:": new http.Agent({ keepAlive: true, maxSockets, lookup }),
    "https:": new https.Agent({ keepAlive: true, maxSockets, lookup }),
  };

  const start = (call: HttpCall, signal: AbortSignal): Promise<IncomingMessage> => {
    const url = checkTarget(call.url, allowPrivateTargets);
    const isSecure = url.protocol === "https:";
    return new Promise((resolve, reject) => {
      const request = (isSecure ? https : http).request(
        url,
        {
          method: call.method,
          agent: agents[isSecure ? "https:" : "http:"],
          signal,
          headers: {
            "user-agent": "clientele",
            ...call.headers,
            ...(call.body === undefined ? {} : { "content-length": String(Buffer.byteLength(call.body)) }),
          },
        },
        resolve,
      );
      request.on("error", reject);
      request.end(call.body);
    });
  };
  const withLimit = (call: HttpCall): AbortSignal => {
    const limit = AbortSignal.timeout(call.timeoutMs);
    return call.signal ? AbortSignal.any([call.signal, limit]) : limit;
  };

  return {
    send: async (call) => {
      try {
        const answer = await start(call, withLimit(call));
        return {
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: await readBody(answer, maxAnswerBytes),
        };
      } catch (error) {
        throw unreachable(call, error);
      }
    },
    open: async (call) => {
      const controller = new AbortController();
      const abort = () => controller.abort();
      const timer = setTimeout(abort, call.timeoutMs);
      call.signal?.addEventListener("abort", abort, { once: true });
      try {
        const answer = await start(call, controller.signal);
        answer.setTimeout(call.timeoutMs, () => answer.destroy(new Error("the answer stopped")));
        answer.once("close", () => call.signal?.removeEventListener("abort", abort));
        return answer;
      } catch (error) {
        call.signal?.removeEventListener("abort", abort);
        throw unreachable(call, error);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => {
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  };
}
