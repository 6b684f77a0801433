import { assertNever } from "../../../kernel/index.ts";
import type { SecretMap } from "../../secrets/secret-box.ts";
import type { DestinationConfig } from "../destination.ts";
import { createAdobeEdgeSender, createSegmentSender, createWebhookSender, type SenderDeps } from "./http-senders.ts";
import { createS3Sender } from "./s3-sender.ts";
import type { Sender } from "./sender.ts";

/** The sender of a destination's type. */
export function createSender(config: DestinationConfig, secrets: SecretMap, deps: SenderDeps): Sender {
  switch (config.type) {
    case "webhook":
      return createWebhookSender(config, secrets, deps);
    case "s3":
      return createS3Sender(config, secrets, deps);
    case "segment":
      return createSegmentSender(config, secrets, deps);
    case "adobe-edge":
      return createAdobeEdgeSender(config, secrets, deps);
    default:
      return assertNever(config);
  }
}
