import type { JsonObject } from "../../../kernel/index.ts";
import type { HttpClient } from "../../net/http-client.ts";
import { signatureHeader, signBody } from "../../net/sign-body.ts";
import type { SecretMap } from "../../secrets/secret-box.ts";
import { toSegmentTransition, toXdmTransition } from "../audience-transitions.ts";
import type { AdobeEdgeDestination, EventFormats, SegmentDestination, WebhookDestination } from "../destination.ts";
import { projectItem, toNativeJson } from "../project-event.ts";
import { judgeAnswer, judgeFailure, type Sender, type SendFacts, type SendResult } from "./sender.ts";

export type SenderDeps = { readonly http: HttpClient; readonly now: () => number; readonly formats: EventFormats };

type Post = { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string };

async function post(deps: SenderDeps, call: Post, timeoutMs: number, signal: AbortSignal): Promise<SendResult> {
  try {
    const headers = { "content-type": "application/json", ...call.headers };
    const answer = await deps.http.send({ method: "POST", url: call.url, headers, body: call.body, timeoutMs, signal });
    return judgeAnswer(answer, deps.now());
  } catch (error) {
    return judgeFailure(error);
  }
}

const trimSlash = (url: string) => url.replace(/\/+$/, "");

/** `{deliveryId, sentAt, events: [...]}` with the signature of our webhooks. */
export function createWebhookSender(config: WebhookDestination, secrets: SecretMap, deps: SenderDeps): Sender {
  return {
    maxBytes: 1024 ** 2,
    translate: (item) => toNativeJson(projectItem(item, config.fields), item.profileId),
    send: (records, { deliveryId, signal }: SendFacts) => {
      const now = deps.now();
      const body = JSON.stringify({ deliveryId, sentAt: new Date(now).toISOString(), events: records });
      const headers = {
        ...config.headers,
        ...(secrets["authorization"] ? { authorization: secrets["authorization"] } : {}),
        "x-clientele-delivery": deliveryId,
        [signatureHeader]: signBody(secrets["signingSecret"] ?? "", body, now),
      };
      return post(deps, { url: config.url, headers, body }, config.timeoutMs, signal);
    },
  };
}

/** Segment's batch call, which RudderStack and others take too; at most 500 KB, as they allow. */
export function createSegmentSender(config: SegmentDestination, secrets: SecretMap, deps: SenderDeps): Sender {
  const authorization = `Basic ${Buffer.from(`${secrets["writeKey"] ?? ""}:`).toString("base64")}`;
  return {
    maxBytes: 480_000,
    translate: (item) => {
      const event = projectItem(item, config.fields);
      const message = deps.formats.segment(event);
      // Without one of them the message would be refused.
      const isSomebody = message?.["userId"] != null || message?.["anonymousId"] != null;
      if (message === null || !isSomebody) return null;
      return item.isTransition ? toSegmentTransition(message, event, config.audienceCall ?? "track") : message;
    },
    send: (batch, { signal }) => {
      const body = JSON.stringify({ batch, sentAt: new Date(deps.now()).toISOString() });
      const url = `${trimSlash(config.endpoint)}/v1/batch`;
      return post(deps, { url, headers: { authorization }, body }, config.timeoutMs, signal);
    },
  };
}

/** The server-side Edge API, v2 (events.md 5.10). */
export function createAdobeEdgeSender(config: AdobeEdgeDestination, secrets: SecretMap, deps: SenderDeps): Sender {
  const url = new URL(`${trimSlash(config.endpoint)}/ee/v2/collect`);
  url.searchParams.set("dataStreamId", config.dataStreamId);
  const headers: Readonly<Record<string, string>> = {
    authorization: `Bearer ${secrets["accessToken"] ?? ""}`,
    ...(secrets["apiKey"] ? { "x-api-key": secrets["apiKey"] } : {}),
    ...(config.orgId ? { "x-gw-ims-org-id": config.orgId } : {}),
    ...(config.sandbox ? { "x-sandbox-name": config.sandbox } : {}),
  };
  return {
    // Bodies over 64 KiB are refused there.
    maxBytes: 60_000,
    translate: (item): JsonObject | null => {
      const projected = projectItem(item, config.fields);
      // An event without an identity is refused there.
      if (projected.identifiers.length === 0) return null;
      const xdm = deps.formats.xdm(projected);
      if (xdm === null) return null;
      return { xdm: item.isTransition ? toXdmTransition(xdm, projected) : xdm };
    },
    send: (events, { signal }) =>
      post(deps, { url: url.toString(), headers, body: JSON.stringify({ events }) }, config.timeoutMs, signal),
  };
}
