import { setTimeout as pause } from "node:timers/promises";
import { ClienteleError, isObject } from "../../kernel/index.ts";
import type { ChatMessage } from "./variation.ts";

/** The way to the server; the HTTP client of the connectors fits. */
export type ModelHttp = {
  readonly send: (call: {
    readonly method: "POST";
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly timeoutMs: number;
    readonly signal?: AbortSignal;
  }) => Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly body: Buffer;
  }>;
};

export type ModelSettings = {
  /** Base of an OpenAI-compatible API, with or without /v1, or the whole address of its chat completions. */
  readonly url: string;
  readonly key: string;
  readonly name: string;
};

export type ModelAnswer = {
  readonly text: string;
  /** As the server names it. */
  readonly model: string;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
};

export type Model = {
  readonly name: string;
  /** @throws {ClienteleError} `content.modelUnavailable`, `content.modelAnswer` */
  readonly ask: (messages: readonly ChatMessage[], signal: AbortSignal) => Promise<ModelAnswer>;
};

const timeoutMs = 120_000;
const attempts = 3;
const maxTokens = 8_000;
const maxWaitMs = 30_000;

function addressOf(base: string): string {
  const plain = base.replace(/\/+$/, "");
  if (plain.endsWith("/chat/completions")) return plain;
  return `${plain}${new URL(plain).pathname === "/" ? "/v1" : ""}/chat/completions`;
}

function unavailable(message: string, cause?: unknown): ClienteleError {
  return new ClienteleError("content.modelUnavailable", message, { cause, retryAfterSeconds: 30 });
}

const count = (value: unknown) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;

function contentOf(message: unknown): string {
  if (!isObject(message)) return "";
  const { content } = message as { readonly content?: unknown };
  if (typeof content === "string") return content;
  // Some servers answer in parts.
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) && typeof part["text"] === "string" ? part["text"] : "")).join("");
}

function readCompletion(body: Buffer, name: string): ModelAnswer {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new ClienteleError("content.modelAnswer", "the answer of the model is not JSON, or longer than 1 MB", {
      cause,
    });
  }
  const choices: unknown = isObject(answer) ? answer["choices"] : undefined;
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const text = isObject(first) ? contentOf(first["message"]) : "";
  if (text.trim() === "") throw new ClienteleError("content.modelAnswer", "the answer of the model holds no text");
  const usage = isObject(answer) && isObject(answer["usage"]) ? answer["usage"] : {};
  const model = isObject(answer) && typeof answer["model"] === "string" ? answer["model"].slice(0, 200) : name;
  return {
    text,
    model,
    promptTokens: count(usage["prompt_tokens"]),
    completionTokens: count(usage["completion_tokens"]),
  };
}

/** Milliseconds that the server asks to wait; undefined = it does not say. */
function retryAfterMs(header: string | string[] | undefined): number | undefined {
  const seconds = Number(Array.isArray(header) ? header[0] : header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/**
 * A language model behind `/v1/chat/completions`. Answers 429 and 5xx are asked again, three times in all.
 *
 * @param backoffMs first pause between two attempts, doubled for the next; default 1,000
 */
export function createModel(settings: ModelSettings, http: ModelHttp, backoffMs = 1_000): Model {
  const url = addressOf(settings.url);
  const headers = {
    "content-type": "application/json",
    ...(settings.key === "" ? {} : { authorization: `Bearer ${settings.key}` }),
  };
  const send = async (messages: readonly ChatMessage[], isStrict: boolean, signal: AbortSignal) => {
    const body = JSON.stringify({
      model: settings.name,
      messages,
      temperature: 0.9,
      max_tokens: maxTokens,
      stream: false,
      ...(isStrict ? { response_format: { type: "json_object" } } : {}),
    });
    try {
      return await http.send({ method: "POST", url, headers, body, timeoutMs, signal });
    } catch (cause) {
      signal.throwIfAborted();
      return { status: 0, headers: {}, body: Buffer.alloc(0), cause };
    }
  };

  return {
    name: settings.name,
    ask: async (messages, signal) => {
      let isStrict = true;
      let last: unknown;
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const answer = await send(messages, isStrict, signal);
        if (answer.status >= 200 && answer.status < 300) return readCompletion(answer.body, settings.name);
        last = "cause" in answer ? answer.cause : undefined;
        const isRefused = answer.status >= 300 && answer.status < 500 && answer.status !== 429;
        // Not every server knows the field; without it the answer is read all the same.
        const mayBeField = isStrict && (answer.status === 400 || answer.status === 422);
        if (isRefused && !mayBeField)
          throw unavailable(`the model refuses with ${answer.status}; see CLIENTELE_MODEL_URL, _KEY and _NAME`);
        if (mayBeField) isStrict = false;
        else if (attempt < attempts) {
          const asked = retryAfterMs("cause" in answer ? undefined : answer.headers["retry-after"]);
          await pause(Math.min(asked ?? backoffMs * 2 ** (attempt - 1), maxWaitMs), undefined, { signal });
        }
      }
      throw unavailable(`the model did not answer in ${attempts} attempts`, last);
    },
  };
}
