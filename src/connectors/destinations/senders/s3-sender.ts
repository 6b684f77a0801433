import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { ClienteleError } from "../../../kernel/index.ts";
import { createS3 } from "../../net/s3-client.ts";
import type { SecretMap } from "../../secrets/secret-box.ts";
import type { S3Destination } from "../destination.ts";
import { projectItem, toNativeJson } from "../project-event.ts";
import type { SenderDeps } from "./http-senders.ts";
import { judgeFailure, type Sender } from "./sender.ts";

const zip = promisify(gzip);

/**
 * One NDJSON file a batch under `<prefix>dt=YYYY-MM-DD/HH/`. The name follows from the place in the outbox: a repeat after a crash
 * begins at the same event and replaces the file.
 */
export function createS3Sender(config: S3Destination, secrets: SecretMap, deps: Omit<SenderDeps, "formats">): Sender {
  const { accessKeyId = "", secretAccessKey = "", sessionToken } = secrets;
  const s3 = createS3({ ...config, accessKeyId, secretAccessKey, sessionToken }, deps.http, deps.now);
  return {
    maxBytes: 16 * 1024 ** 2,
    translate: (item) => toNativeJson(projectItem(item, config.fields), item.profileId),
    send: async (records, { deliveryId, createdAt, signal }) => {
      const text = Buffer.from(`${records.map((record) => JSON.stringify(record)).join("\n")}\n`);
      const [day = "", time = ""] = new Date(createdAt).toISOString().split("T");
      const name = `${config.prefix}dt=${day}/${time.slice(0, 2)}/${deliveryId}.ndjson${config.gzip ? ".gz" : ""}`;
      try {
        const type = config.gzip ? "application/gzip" : "application/x-ndjson";
        await s3.put(name, config.gzip ? await zip(text) : text, type, signal);
        return { kind: "done" };
      } catch (error) {
        // A bucket refuses requests, not lines: whatever it says is about the destination.
        if (error instanceof ClienteleError) return { kind: "down", message: error.message };
        return judgeFailure(error);
      }
    },
  };
}
