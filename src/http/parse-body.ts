import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ClienteleError } from "../kernel/index.ts";

// Bodies are read whole by Fastify up to the encoded limit, then decoded here with the same limit on the output:
// zlib stops at `maxOutputLength`, so a bomb costs at most one limit of memory.

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const asyncGunzip: Decoder = promisify(gunzip);
const asyncInflate: Decoder = promisify(inflate);
const asyncInflateRaw: Decoder = promisify(inflateRaw);
const asyncBrotli: Decoder = promisify(brotliDecompress);

/** Browsers and libraries disagree whether "deflate" has the zlib header (RFC 1950); its low nibble is 8 when it has. */
const asyncDeflate: Decoder = (body, options) =>
  ((body[0] ?? 0) & 0x0f) === 8 ? asyncInflate(body, options) : asyncInflateRaw(body, options);

const decoders: Readonly<Record<string, Decoder | null>> = {
  identity: null,
  gzip: asyncGunzip,
  "x-gzip": asyncGunzip,
  deflate: asyncDeflate,
  br: asyncBrotli,
};

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

/**
 * Undoes the content encoding of a body.
 *
 * @throws {ClienteleError} `http.tooLarge` as soon as the output passes `limitBytes`, `http.badEncoding` for broken data,
 * `http.unsupportedMediaType` for an unknown encoding
 */
async function decodeBody(body: Buffer, encoding: string, limitBytes: number): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  const decoder = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  if (decoder === undefined) {
    throw new ClienteleError(
      "http.unsupportedMediaType",
      "the content encoding is not one of gzip, deflate, br, identity",
    );
  }
  if (decoder === null) return body;
  try {
    return await decoder(body, { maxOutputLength: limitBytes });
  } catch (cause) {
    if (isTooLarge(cause))
      throw new ClienteleError("http.tooLarge", `the decoded body is larger than ${limitBytes} bytes`);
    throw new ClienteleError("http.badEncoding", `the body is not valid ${name}`, { cause });
  }
}

// Text without one of these cannot hold a key that means something to a prototype. Escaped underscores count too.
const suspiciousKeys = /__proto__|constructor|prototype|\\u00[0-9a-fA-F]{2}/;

function dropPrototypes(root: unknown): void {
  const open: unknown[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
    for (const child of Object.values(value)) if (typeof child === "object" && child !== null) open.push(child);
  }
}

/**
 * Parses JSON from outside. Keys such as `__proto__` stay plain data: a text that holds one yields objects without a
 * prototype, so that neither reading nor copying them by key reaches `Object.prototype`.
 *
 * @throws {ClienteleError} `http.malformedJson`
 */
function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // V8's message quotes the input, which may hold personal data.
    throw new ClienteleError("http.malformedJson", "the body is not valid JSON");
  }
  if (suspiciousKeys.test(text)) dropPrototypes(value);
  return value;
}

function parseBytes(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  return parseJson(body.toString("utf8"));
}

type Done = (error: Error | null, body?: unknown) => void;

function parseRequest(request: FastifyRequest, body: Buffer, done: Done): void {
  const encoding = request.headers["content-encoding"];
  if (encoding === undefined) {
    done(null, parseBytes(body));
    return;
  }
  const limit = request.routeOptions.bodyLimit ?? request.server.initialConfig.bodyLimit ?? 1_048_576;
  decodeBody(body, encoding, limit)
    .then((decoded) => done(null, parseBytes(decoded)))
    .catch(done);
}

/**
 * Reads bodies of the given content types as JSON, for foreign clients that name JSON otherwise.
 * Call it inside the plugin that needs it: it holds for that plugin's routes only.
 */
export function acceptJsonAs(
  app: Pick<FastifyInstance, "addContentTypeParser">,
  contentTypes: readonly string[],
): void {
  app.addContentTypeParser([...contentTypes], { parseAs: "buffer" }, parseRequest);
}

/** Installs the JSON parser for application/json, any +json, text/plain and a missing content type; refuses the rest. */
export function installBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  acceptJsonAs(app, ["application/json", "text/plain"]);
  app.addContentTypeParser(/^application\/[\w.-]+\+json/, { parseAs: "buffer" }, parseRequest);
  app.addContentTypeParser("*", { parseAs: "buffer" }, (request: FastifyRequest, body: Buffer, done: Done) => {
    if (request.headers["content-type"] === undefined) {
      parseRequest(request, body, done);
      return;
    }
    done(new ClienteleError("http.unsupportedMediaType", "the content type is not application/json or text/plain"));
  });
}
