// The child of clickhouse-http-server.ts: ClickHouse's HTTP interface over chDB, one request after the other.
// Knows what `@clickhouse/client` uses: /ping, the query in the URL, the body or a form, data in the body, settings and
// `param_…` values, gzip both ways, exceptions with their code, and the summary header.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { drainPending, Session } from "chdb";

type Call = {
  readonly query: string;
  readonly params: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly database: string;
};

const notSettings = new Set([
  "query",
  "query_id",
  "database",
  "user",
  "password",
  "session_id",
  "role",
  "default_format",
  "wait_end_of_query",
  "enable_http_compression",
  "send_progress_in_http_headers",
]);
const statusByCode: Readonly<Record<string, number>> = {
  "60": 404,
  "81": 404,
  "62": 400,
  "47": 400,
  "27": 400,
  "117": 400,
  "456": 400,
  "457": 400,
  "159": 408,
  "516": 403,
};

type NativeResult = { readonly bytes: Uint8Array; readonly rowsRead: number; readonly bytesRead: number };
type Native = {
  readonly QueryAsyncConnection: (
    connection: unknown,
    sql: string,
    format: string,
    params?: Readonly<Record<string, string>>,
  ) => Promise<NativeResult>;
};

/** Values of parameters arrive as the engine wants them; chDB's JavaScript half would escape them once more. */
function loadNative(): Native {
  const require = createRequire(import.meta.url);
  const loader: { readonly loadNative: () => Native } = require(
    join(dirname(require.resolve("chdb")), "dist", "loader.js"),
  );
  return loader.loadNative();
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

async function readForm(contentType: string, body: Buffer): Promise<readonly (readonly [string, string])[]> {
  const form = await new Response(body, { headers: { "content-type": contentType } }).formData();
  return [...form.entries()].map(([name, value]) => [name, String(value)]);
}

async function readCall(request: IncomingMessage, url: URL): Promise<Call> {
  const body = await readBody(request);
  const contentType = request.headers["content-type"] ?? "";
  const isForm = contentType.startsWith("multipart/form-data");
  const entries = [...url.searchParams, ...(isForm ? await readForm(contentType, body) : [])];
  const named = new Map(entries);
  const inUrl = named.get("query");
  const data = isForm ? "" : body.toString("utf8");
  return {
    query: inUrl === undefined ? data : data === "" ? inUrl : `${inUrl}\n${data}`,
    params: Object.fromEntries(
      entries
        .filter(([name]) => name.startsWith("param_"))
        .map(([name, value]) => [name.slice("param_".length), value]),
    ),
    settings: Object.fromEntries(
      entries.filter(([name]) => !name.startsWith("param_") && !name.startsWith("http_") && !notSettings.has(name)),
    ),
    database: named.get("database") ?? "default",
  };
}

const literal = (value: string) =>
  /^-?\d+(\.\d+)?$/.test(value) ? value : `'${value.replace(/\\/g, "\\\\").replace(/'/g, "\\'")}'`;

async function execute(session: Session, call: Call) {
  const names = Object.keys(call.settings);
  await session.queryAsync(`USE \`${call.database}\``);
  if (names.length > 0)
    await session.queryAsync(
      `SET ${names.map((name) => `${name} = ${literal(call.settings[name] ?? "")}`).join(", ")}`,
    );
  try {
    return await native.QueryAsyncConnection(session.connection, call.query, "TabSeparated", call.params);
  } finally {
    // A request's settings end with it.
    if (names.length > 0) await session.queryAsync(`SET ${names.map((name) => `${name} = DEFAULT`).join(", ")}`);
  }
}

function answerError(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = /Code: (\d+)/.exec(message)?.[1] ?? "1002";
  response.writeHead(statusByCode[code] ?? 500, {
    "content-type": "text/plain; charset=UTF-8",
    "x-clickhouse-exception-code": code,
  });
  response.end(message);
}

async function answer(session: Session, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  try {
    const call = await readCall(request, url);
    const result = await execute(session, call);
    const bytes = Buffer.from(result.bytes);
    const compressed =
      url.searchParams.get("enable_http_compression") === "1" && /gzip/.test(request.headers["accept-encoding"] ?? "");
    response.writeHead(200, {
      "content-type": "application/x-ndjson; charset=UTF-8",
      "x-clickhouse-query-id": url.searchParams.get("query_id") ?? "",
      "x-clickhouse-summary": JSON.stringify({
        read_rows: String(result.rowsRead),
        read_bytes: String(result.bytesRead),
        written_rows: "0",
        result_rows: "0",
      }),
      ...(compressed ? { "content-encoding": "gzip" } : {}),
    });
    response.end(compressed ? gzipSync(bytes) : bytes);
  } catch (error) {
    answerError(response, error);
  }
}

const native = loadNative();
const session = new Session(process.argv[2] ?? "");
let tail: Promise<void> = Promise.resolve();

const server = createServer((request, response) => {
  if (request.url?.startsWith("/ping")) {
    response.end("Ok.\n");
    return;
  }
  tail = tail.then(() => answer(session, request, response));
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.(address !== null && typeof address === "object" ? address.port : 0);
});

// The parent has ended or asks for the end.
process.once("disconnect", () => {
  server.close();
  server.closeAllConnections();
  void tail.then(async () => {
    session.close();
    await drainPending();
    process.exit(0);
  });
});
