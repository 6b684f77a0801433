import {
  type HttpClient,
  judgeAnswer,
  judgeFailure,
  type SecretMap,
  type SendResult,
  signatureHeader,
  signBody,
} from "../../connectors/index.ts";
import type { WebhookSync } from "../syncs/sync.ts";
import type { Target, ToldChange } from "./target.ts";

const withoutOp = ({ op: _op, ...rest }: ToldChange) => rest;

/** `{deliveryId, kind, audience, entered: [...], exited: [...]}`, signed as our other webhooks are. */
export function createWebhookTarget(
  config: WebhookSync,
  secrets: SecretMap,
  deps: { readonly http: HttpClient; readonly now: () => number },
): Target {
  const post = async (deliveryId: string, content: object, signal: AbortSignal): Promise<SendResult> => {
    const now = deps.now();
    const body = JSON.stringify({ deliveryId, sentAt: new Date(now).toISOString(), ...content });
    const headers = {
      "content-type": "application/json",
      ...(secrets["authorization"] ? { authorization: secrets["authorization"] } : {}),
      "x-clientele-delivery": deliveryId,
      [signatureHeader]: signBody(secrets["signingSecret"] ?? "", body, now),
    };
    try {
      const { timeoutMs, url } = config;
      return judgeAnswer(await deps.http.send({ method: "POST", url, headers, body, timeoutMs, signal }), deps.now());
    } catch (error) {
      return judgeFailure(error);
    }
  };
  return {
    send: (changes, { deliveryId, audience, snapshot, signal }) =>
      post(
        deliveryId,
        {
          kind: snapshot ? "snapshot" : "changes",
          audience,
          ...(snapshot ? { snapshot } : {}),
          entered: changes.filter(({ op }) => op === "entered").map(withoutOp),
          exited: changes.filter(({ op }) => op === "exited").map(withoutOp),
        },
        signal,
      ),
    finish: ({ runId, parts, fromSequence, audience, signal }) =>
      post(`${runId}-end`, { kind: "snapshotEnd", audience, snapshot: { runId, parts, fromSequence } }, signal),
    close: async () => undefined,
  };
}
