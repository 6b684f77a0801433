import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};
export type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | "hang";

export type TargetServer = {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Decides the answers from now on; default 200. */
  answerWith: (decide: (request: SeenRequest) => Answer) => void;
  readonly close: () => Promise<void>;
};

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A foreign system on this machine that keeps what it was sent and answers as it is told. */
export async function startTargetServer(): Promise<TargetServer> {
  const seen: SeenRequest[] = [];
  let decide: (request: SeenRequest) => Answer = () => ({ status: 200 });
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const one = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body: await readAll(request),
    };
    seen.push(one);
    const answer = decide(one);
    if (answer === "hang") return;
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    answerWith: (next) => {
      decide = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
