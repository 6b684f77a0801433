// A language model's server on this machine: it speaks the protocol of chat completions and writes what a test tells it to.
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export type ModelRequest = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly response_format?: unknown;
  };
};
export type ModelReply = {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** What the assistant says. */
  readonly text?: string;
  /** The whole body instead. */
  readonly raw?: string;
};

export async function startModelServer() {
  const seen: ModelRequest[] = [];
  let reply: (request: ModelRequest, index: number) => ModelReply | "hang" = () => ({ text: '{"variants":[]}' });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      const asked = { path: request.url ?? "", headers: request.headers, body };
      seen.push(asked);
      const answer = reply(asked, seen.length - 1);
      if (answer === "hang") return;
      const { status = 200, headers = {}, text = "", raw } = answer;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(
        raw ??
          JSON.stringify({
            id: "chatcmpl-1",
            object: "chat.completion",
            model: `${body.model}-0613`,
            choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
            usage: { prompt_tokens: 210, completion_tokens: 34, total_tokens: 244 },
          }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    answerWith: (next: typeof reply) => {
      seen.length = 0;
      reply = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type ModelServer = Awaited<ReturnType<typeof startModelServer>>;
