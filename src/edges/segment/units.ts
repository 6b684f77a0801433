// Requests of the protocol → messages that are complete in themselves, so that a dead letter can be read again.
import { exceedsBounds } from "../../collect/index.ts";
import { ClienteleError, isObject } from "../../kernel/index.ts";
import { importMark } from "./read-segment-message.ts";
import { textOf } from "./values.ts";

export const maxBatchMessages = 2_500;
/** A context that is sent once is stored with every message: 2,500 of 250 KB each would be half a gigabyte. */
const maxMergedBytes = 16 * 1024 * 1024;

type Message = Record<string, unknown>;

/** Kind of call of a single message's path, e.g. of `/v1/t`. */
export type CallType = "track" | "identify" | "page" | "screen" | "group" | "alias";

/** @throws {ClienteleError} `collect.noEvents` for a body that is no object */
export function bodyOf(body: unknown): Message {
  if (isObject(body)) return body;
  throw new ClienteleError("collect.noEvents", "send a JSON object");
}

/** RudderStack's browser SDK repeats the id of the browser in a header, in base64. */
export function anonymousIdOf(header: unknown): string | undefined {
  if (typeof header !== "string" || header.length > 2_000 || !/^[A-Za-z0-9+/_-]+=*$/.test(header)) return undefined;
  return textOf(Buffer.from(header, "base64").toString("utf8"));
}

function withAnonymousId(message: Message, anonymousId: string | undefined): Message {
  return anonymousId === undefined || textOf(message["anonymousId"]) !== undefined
    ? message
    : { ...message, anonymousId };
}

/** One message of a path that says its kind. */
export function singleUnit(body: unknown, type: CallType, anonymousId: string | undefined): Message {
  return withAnonymousId({ ...bodyOf(body), type }, anonymousId);
}

function assertMergeable(shared: unknown, count: number): void {
  if (exceedsBounds(shared))
    throw new ClienteleError("collect.tooDeep", "context and integrations are nested too deeply");
  if (Buffer.byteLength(JSON.stringify(shared)) * count > maxMergedBytes) {
    throw new ClienteleError(
      "http.tooLarge",
      `the context of the batch, repeated for ${count} messages, is more than ${maxMergedBytes} bytes; send smaller batches`,
    );
  }
}

function mergeUnder(shared: unknown, own: unknown): unknown {
  if (!isObject(shared)) return own;
  return isObject(own) ? { ...shared, ...own } : shared;
}

/**
 * The messages of a batch, each with the batch's `context` and `integrations` merged under its own.
 *
 * @throws {ClienteleError} `collect.noEvents` without a list, `collect.tooManyEvents`, `collect.tooDeep`, `http.tooLarge`
 */
export function batchUnits(
  body: unknown,
  options: { readonly anonymousId: string | undefined; readonly isImport: boolean },
): readonly unknown[] {
  const { batch, context, integrations } = bodyOf(body);
  if (!Array.isArray(batch)) throw new ClienteleError("collect.noEvents", "send {batch: [...]}");
  if (batch.length > maxBatchMessages) {
    throw new ClienteleError(
      "collect.tooManyEvents",
      `${batch.length} messages in one batch; the limit is ${maxBatchMessages}`,
    );
  }
  const hasShared = isObject(context) || isObject(integrations);
  if (hasShared) assertMergeable({ context, integrations }, batch.length);
  if (!hasShared && !options.isImport && options.anonymousId === undefined) return batch;
  return batch.map((message: unknown) => {
    if (!isObject(message)) return message;
    const own = withAnonymousId(message, options.anonymousId);
    return {
      ...own,
      ...(isObject(context) ? { context: mergeUnder(context, own["context"]) } : {}),
      ...(isObject(integrations) ? { integrations: mergeUnder(integrations, own["integrations"]) } : {}),
      ...(options.isImport ? { [importMark]: true } : {}),
    };
  });
}
