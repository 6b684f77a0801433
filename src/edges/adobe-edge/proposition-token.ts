// What a proposition carries through the browser: signed, so that an impression or a click proves which decision it is of.
import { createHmac, timingSafeEqual } from "node:crypto";
import { isObject } from "../../kernel/index.ts";
import type { CheckedProposition } from "./xdm/unit.ts";

const macBytes = 16;
const maxLength = 1_024;

function macOf(payload: string, ecid: string, secret: string): Buffer {
  // The prefix keeps it apart from identity tokens, which are made with the same secret.
  return createHmac("sha256", secret).update(`proposition:${ecid}:${payload}`).digest().subarray(0, macBytes);
}

/** @param ecid the browser that was decided for: the token holds for no other */
export function signProposition(proposition: CheckedProposition, ecid: string, secret: string): string {
  const { decisionId, placement, activityId } = proposition;
  const payload = Buffer.from(JSON.stringify([decisionId, placement, activityId])).toString("base64url");
  return `${payload}.${macOf(payload, ecid, secret).toString("base64url")}`;
}

function readPayload(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

/** @returns undefined for a token of somebody else, of another browser, or none at all */
export function verifyProposition(token: unknown, ecid: string, secret: string): CheckedProposition | undefined {
  if (typeof token !== "string" || token.length > maxLength || secret === "") return undefined;
  const [payload = "", signature = ""] = token.split(".");
  const given = Buffer.from(signature, "base64url");
  if (given.length !== macBytes || !timingSafeEqual(given, macOf(payload, ecid, secret))) return undefined;
  const fields = readPayload(payload);
  if (!Array.isArray(fields) || isObject(fields)) return undefined;
  const [decisionId, placement, activityId] = fields;
  if (typeof decisionId !== "string" || typeof placement !== "string" || typeof activityId !== "string")
    return undefined;
  return { decisionId, placement, activityId };
}
