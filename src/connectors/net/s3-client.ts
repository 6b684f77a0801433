// S3 and what speaks like it (MinIO, R2, Ceph): list, get, put and copy-then-delete with signature version 4, over the guarded client.
import type { IncomingMessage } from "node:http";
import { AwsV4Signer } from "aws4fetch";
import { ClienteleError, sha256Hex } from "../../kernel/index.ts";
import type { HttpClient } from "./http-client.ts";

export type S3Settings = {
  /** e.g. https://s3.eu-central-1.amazonaws.com or http://minio:9000 */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
};

export type S3Object = {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly modifiedAt: number;
};
export type S3Page = { readonly objects: readonly S3Object[]; readonly next?: string };

export type S3 = ReturnType<typeof createS3>;

const timeoutMs = 30_000;
const maxKeysPerPage = 1_000;

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => {
    if (!name.startsWith("#")) return entities[name] ?? whole;
    const code = name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function tagText(xml: string, tag: string): string | undefined {
  const match = new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml);
  return match?.[1] === undefined ? undefined : unescapeXml(match[1]);
}

/** Reads the answer of ListObjectsV2; its elements are flat, so no parser for all of XML is needed. */
export function parseListing(xml: string): S3Page {
  const objects = xml
    .split("<Contents>")
    .slice(1, maxKeysPerPage + 1)
    .flatMap((part): S3Object[] => {
      const key = tagText(part, "Key");
      const modifiedAt = Date.parse(tagText(part, "LastModified") ?? "");
      if (key === undefined || Number.isNaN(modifiedAt)) return [];
      const etag = (tagText(part, "ETag") ?? "").replaceAll('"', "");
      return [{ key, etag, size: Number(tagText(part, "Size") ?? 0), modifiedAt }];
    });
  const next = tagText(xml, "NextContinuationToken");
  return next === undefined ? { objects } : { objects, next };
}

const encodeKey = (key: string) =>
  encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** @throws {ClienteleError} from every function `connectors.unreachable`, `connectors.refused`, `connectors.badTarget` */
export function createS3(settings: S3Settings, http: HttpClient, now: () => number) {
  const base = `${settings.endpoint.replace(/\/+$/, "")}/${settings.bucket}`;

  const sign = async (
    method: "GET" | "PUT" | "DELETE",
    url: string,
    headers: Record<string, string>,
    body?: Buffer,
  ) => {
    const signed = await new AwsV4Signer({
      method,
      url,
      headers: { ...headers, "x-amz-content-sha256": sha256Hex(body ?? "") },
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
      ...(settings.sessionToken ? { sessionToken: settings.sessionToken } : {}),
      service: "s3",
      region: settings.region,
      datetime: new Date(now()).toISOString().replace(/[:-]|\.\d{3}/g, ""),
    }).sign();
    return { url: signed.url.toString(), headers: Object.fromEntries(signed.headers) };
  };
  const refuse = (status: number, body: string): ClienteleError => {
    const code = tagText(body, "Code") ?? "";
    return new ClienteleError(
      status >= 500 || status === 429 ? "connectors.unreachable" : "connectors.refused",
      `the bucket ${settings.bucket} answers ${status}${code ? ` ${code}` : ""}`,
    );
  };
  const send = async (
    method: "GET" | "PUT" | "DELETE",
    url: string,
    given: Record<string, string>,
    body?: Buffer,
    signal?: AbortSignal,
  ) => {
    const signed = await sign(method, url, given, body);
    const answer = await http.send({ method, ...signed, ...(body ? { body } : {}), timeoutMs, signal });
    if (answer.status >= 300) throw refuse(answer.status, answer.body.toString("utf8"));
    return answer;
  };

  return {
    /** Objects under a prefix in order of key; pass `next` on for the following page. */
    list: async (prefix: string, after?: string, signal?: AbortSignal): Promise<S3Page> => {
      const url = new URL(base);
      url.searchParams.set("list-type", "2");
      url.searchParams.set("prefix", prefix);
      url.searchParams.set("max-keys", String(maxKeysPerPage));
      if (after !== undefined) url.searchParams.set("continuation-token", after);
      const answer = await send("GET", url.toString().replaceAll("+", "%20"), {}, undefined, signal);
      return parseListing(answer.body.toString("utf8"));
    },
    /** The object as a stream, which the caller reads or destroys. `etag` refuses one that was replaced meanwhile. */
    get: async (key: string, etag: string, signal?: AbortSignal): Promise<IncomingMessage> => {
      const signed = await sign("GET", `${base}/${encodeKey(key)}`, { "if-match": `"${etag}"` });
      const answer = await http.open({ method: "GET", ...signed, timeoutMs, signal });
      const status = answer.statusCode ?? 0;
      if (status < 300) return answer;
      answer.destroy();
      throw refuse(status, "");
    },
    /** The object as it is now, as a stream. */
    read: async (key: string, signal?: AbortSignal): Promise<IncomingMessage> => {
      const signed = await sign("GET", `${base}/${encodeKey(key)}`, {});
      const answer = await http.open({ method: "GET", ...signed, timeoutMs, signal });
      const status = answer.statusCode ?? 0;
      if (status < 300) return answer;
      answer.destroy();
      throw refuse(status, "");
    },
    /** Removing what is not there is no failure. */
    remove: async (key: string, signal?: AbortSignal): Promise<void> => {
      await send("DELETE", `${base}/${encodeKey(key)}`, {}, undefined, signal);
    },
    put: async (key: string, body: Buffer, contentType: string, signal?: AbortSignal): Promise<void> => {
      await send("PUT", `${base}/${encodeKey(key)}`, { "content-type": contentType }, body, signal);
    },
    /** Copies within the bucket, then deletes the original. */
    move: async (from: string, to: string, signal?: AbortSignal): Promise<void> => {
      const source = `/${settings.bucket}/${encodeKey(from)}`;
      await send("PUT", `${base}/${encodeKey(to)}`, { "x-amz-copy-source": source }, undefined, signal);
      await send("DELETE", `${base}/${encodeKey(from)}`, {}, undefined, signal);
    },
  };
}
