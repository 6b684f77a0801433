// Runs in a worker thread: PGlite with its socket server, so that the event loop of the HTTP role never waits for SQL.
// Plain JavaScript, so that it starts the same from source and from the build: Node 20 cannot load TypeScript in a worker.
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

const { dataDir, socketPath, syncToDisk } = workerData;

const db = await PGlite.create({ dataDir, relaxedDurability: !syncToDisk });
const server = new PGLiteSocketServer({ db, path: socketPath, maxConnections: 16 });
await server.start();

parentPort?.on("message", async (message) => {
  if (message !== "close") return;
  await server.stop();
  await db.close();
  parentPort?.postMessage("closed");
  parentPort?.close();
});
parentPort?.postMessage("ready");
