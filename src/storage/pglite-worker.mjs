// Runs in a worker thread: PGlite with its socket server, so that the event loop of the HTTP role never waits for SQL.
// Plain JavaScript, so that it starts the same from source and from the build: Node 20 cannot load TypeScript in a worker.
import { closeSync, existsSync, fsyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

const { dataDir, socketPath, syncToDisk } = workerData;

/** Number by which the engine's C library knows EIO. */
const inputOutputError = 29;

/**
 * The engine's file system has no fsync: the call succeeds and does nothing. This one asks the disk, and works together with
 * wal_sync_method=fsync (fdatasync, the default, is compiled to nothing).
 */
class SyncedNodeFS extends NodeFS {
  async init(pg, options) {
    const result = await super.init(pg, options);
    const addSync = (module) => {
      module.FS.filesystems.NODEFS.stream_ops.fsync = (stream) => {
        try {
          fsyncSync(stream.nfd);
          return 0;
        } catch {
          return inputOutputError;
        }
      };
    };
    const { emscriptenOpts } = result;
    return { ...result, emscriptenOpts: { ...emscriptenOpts, preRun: [...emscriptenOpts.preRun, addSync] } };
  }
}

/** initdb does not sync what it writes. */
function syncTree(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) syncTree(join(folder, entry.name));
    else if (entry.isFile()) syncPath(join(folder, entry.name));
  }
  syncPath(folder);
}

function syncPath(path) {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

const isNew = !existsSync(join(dataDir, "PG_VERSION"));
// "-F" is fsync=off.
const synced = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
  "-c",
  "fsync=on",
  "-c",
  "wal_sync_method=fsync",
];
const db = await PGlite.create(syncToDisk ? { fs: new SyncedNodeFS(dataDir), startParams: synced } : { dataDir });
if (syncToDisk && isNew) {
  await db.exec("checkpoint");
  syncTree(dataDir);
}

// A statement that fails is an answer of the protocol; a rejection here means that the engine itself is gone (a panic, out of
// memory). The socket server would keep its clients waiting for ever, so the thread ends and is started again.
const execute = db.execProtocolRawStream.bind(db);
db.execProtocolRawStream = async (...given) => {
  try {
    return await execute(...given);
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
    throw error;
  }
};

const server = new PGLiteSocketServer({ db, path: socketPath, maxConnections: 16 });
await server.start();

parentPort?.on("message", async (message) => {
  if (message !== "close") return;
  await server.stop();
  // Without a checkpoint the next start replays the log.
  await db.exec("checkpoint");
  await db.close();
  parentPort?.close();
});
parentPort?.postMessage("ready");
