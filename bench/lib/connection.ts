// A keep-alive connection that costs as little as possible: on a small machine the load generator takes its time from the
// server it measures. One request at a time, answers with content-length only.
import { connect, type Socket } from "node:net";

export type Answer = { readonly status: number; readonly body: Buffer };
export type Connection = { readonly send: (request: string) => Promise<Answer>; readonly close: () => void };

const endOfHead = Buffer.from("\r\n\r\n");
const lengthHeader = "content-length:";

/** The text of a POST, head and body; build it once where the body does not change. */
export function postText(path: string, key: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function parseAnswer(received: Buffer): Answer | undefined {
  const headEnd = received.indexOf(endOfHead);
  if (headEnd < 0) return undefined;
  const head = received.toString("latin1", 0, headEnd).toLowerCase();
  const at = head.indexOf(lengthHeader);
  if (at < 0) throw new Error(`an answer without content-length: ${head}`);
  const length = Number.parseInt(head.slice(at + lengthHeader.length), 10);
  const bodyStart = headEnd + endOfHead.length;
  if (received.length < bodyStart + length) return undefined;
  return { status: Number(head.slice(9, 12)), body: received.subarray(bodyStart, bodyStart + length) };
}

export async function openConnection(port: number): Promise<Connection> {
  const socket: Socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  let received: Buffer | undefined;
  let resolve: ((answer: Answer) => void) | undefined;
  let reject: ((error: Error) => void) | undefined;
  const fail = (error: Error) => reject?.(error);
  socket.on("data", (chunk) => {
    received = received === undefined ? chunk : Buffer.concat([received, chunk]);
    try {
      const answer = parseAnswer(received);
      if (answer === undefined) return;
      received = undefined;
      resolve?.(answer);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server closed the connection")));
  return {
    send: (request) =>
      new Promise((done, failed) => {
        resolve = done;
        reject = failed;
        socket.write(request);
      }),
    close: () => {
      reject = undefined;
      socket.destroy();
    },
  };
}
