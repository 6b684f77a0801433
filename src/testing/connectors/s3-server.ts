// A bucket on this machine: lists, gets, puts, copies and deletes, and believes nobody whose signature (version 4) is wrong. The
// signature is computed here from the published rules, not by the library that the product signs with.
import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type StoredObject = { body: Buffer; etag: string; modifiedAt: number };
export type S3Server = {
  readonly url: string;
  readonly objects: Map<string, StoredObject>;
  readonly put: (key: string, body: Buffer | string) => void;
  readonly refusals: string[];
  readonly close: () => Promise<void>;
};
export const s3Credentials = { accessKeyId: "test-access", secretAccessKey: "test-secret-key" } as const;
export const s3Bucket = "drop";
const region = "us-east-1";

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .sort()
    .join("&");
}

/** What is wrong with the signature of a request; undefined = nothing. */
function signatureFault(
  method: string,
  rawUrl: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): string | undefined {
  const header =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? "",
    );
  if (!header) return "no signature";
  const [, accessKey, day = "", scopeRegion = "", names = "", signature] = header;
  if (accessKey !== s3Credentials.accessKeyId) return "unknown key";
  if (scopeRegion !== region) return "wrong region";
  const bodyHash = String(headers["x-amz-content-sha256"]);
  if (bodyHash !== sha256(body)) return "the body is not the one that was signed";
  const signed = names.split(";");
  if (!signed.includes("host") || !signed.includes("x-amz-date")) return "too few headers signed";
  const url = new URL(rawUrl, "http://any");
  const path = decodeURIComponent(url.pathname).split("/").map(encode).join("/");
  const canonical = [
    method,
    path,
    canonicalQuery(url),
    ...signed.map(
      (name) =>
        `${name}:${String(headers[name] ?? "")
          .trim()
          .replace(/\s+/g, " ")}`,
    ),
    "",
    names,
    bodyHash,
  ].join("\n");
  const at = String(headers["x-amz-date"]);
  const toSign = ["AWS4-HMAC-SHA256", at, `${day}/${scopeRegion}/s3/aws4_request`, sha256(canonical)].join("\n");
  const key = ["s3", "aws4_request"].reduce(hmac, hmac(hmac(`AWS4${s3Credentials.secretAccessKey}`, day), scopeRegion));
  return hmac(key, toSign).toString("hex") === signature ? undefined : "SignatureDoesNotMatch";
}

const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const pageSize = 3;

function listing(objects: Map<string, StoredObject>, url: URL): string {
  const prefix = url.searchParams.get("prefix") ?? "";
  const after = url.searchParams.get("continuation-token") ?? "";
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, pageSize);
  const contents = page.map((key) => {
    const { etag, body, modifiedAt } = objects.get(key)!;
    return `<Contents><Key>${escapeXml(key)}</Key><LastModified>${new Date(modifiedAt).toISOString()}</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${body.length}</Size></Contents>`;
  });
  const next =
    keys.length > pageSize ? `<NextContinuationToken>${escapeXml(page.at(-1)!)}</NextContinuationToken>` : "";
  return `<?xml version="1.0"?><ListBucketResult>${contents.join("")}${next}</ListBucketResult>`;
}

function serve(
  objects: Map<string, StoredObject>,
  put: S3Server["put"],
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? "/", "http://any");
  const key = decodeURIComponent(url.pathname).slice(`/${s3Bucket}/`.length);
  const end = (status: number, text: string | Buffer = "") => {
    response.writeHead(status);
    response.end(text);
  };
  if (key === "") {
    end(200, listing(objects, url));
    return;
  }
  const found = objects.get(key);
  switch (request.method) {
    case "PUT": {
      const source = request.headers["x-amz-copy-source"];
      const copied =
        source === undefined
          ? undefined
          : objects.get(decodeURIComponent(String(source)).slice(`/${s3Bucket}/`.length));
      put(key, copied?.body ?? body);
      end(200);
      return;
    }
    case "GET": {
      const wanted = request.headers["if-match"];
      if (!found) end(404, "<Error><Code>NoSuchKey</Code></Error>");
      else if (wanted !== undefined && wanted !== `"${found.etag}"`) end(412);
      else end(200, found.body);
      return;
    }
    default:
      objects.delete(key);
      end(204);
  }
}

export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, StoredObject>();
  const refusals: string[] = [];
  const put: S3Server["put"] = (key, body) => {
    const bytes = Buffer.from(body);
    objects.set(key, { body: bytes, etag: createHash("md5").update(bytes).digest("hex"), modifiedAt: Date.now() });
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const fault = signatureFault(request.method ?? "", request.url ?? "", request.headers, body);
    if (fault !== undefined) {
      refusals.push(fault);
      response.writeHead(403);
      response.end(`<Error><Code>${fault}</Code></Error>`);
      return;
    }
    serve(objects, put, request, body, response);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    objects,
    put,
    refusals,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
