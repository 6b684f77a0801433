// The floor of HTTP paths: a Fastify route that parses the same body and answers bytes that are ready.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import Fastify from "fastify";

export type HttpFloor = { readonly port: number; readonly stop: () => void };

/** Starts the route in a process of its own. @param answer JSON text of every answer */
export async function startHttpFloor(path: string, answer: string): Promise<HttpFloor> {
  const child = fork(fileURLToPath(import.meta.url), [path], { stdio: "inherit" });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message: number) => resolve(message));
    child.once("exit", (code) => reject(new Error(`the floor ended with code ${code}`)));
    child.send(answer);
  });
  return { port, stop: () => child.kill("SIGKILL") };
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once("message", async (answer: string) => {
    const app = Fastify();
    app.post(process.argv[2]!, (_request, reply) => {
      reply.header("content-type", "application/json; charset=utf-8").send(answer);
    });
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    process.send?.(Number(new URL(url).port));
  });
}
