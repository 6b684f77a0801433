// Runs in a worker thread: PGlite behind a unix socket that speaks the PostgreSQL protocol, so that the event loop of the HTTP
// role never waits for SQL and everything else talks through `pg`.
// Plain JavaScript, so that it starts the same from source and from the build: Node 20 cannot load TypeScript in a worker.
import { closeSync, existsSync, fsyncSync, openSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

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

async function openDatabase() {
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
  endWhenEngineDies(db);
  return db;
}

/** How the engine's C code returns to its main loop after a failed statement; any other exception is the end of the engine. */
const longJump = 100;

/**
 * After a panic (a full disk while the log is written, out of memory) PGlite swallows the exception and calls the dead engine
 * again, for ever. Ending the thread lets the parent start a new one, which recovers from the log.
 */
function endWhenEngineDies(db) {
  const runOnce = db.Module._PostgresMainLoopOnce;
  db.Module._PostgresMainLoopOnce = () => {
    try {
      return runOnce();
    } catch (error) {
      if (error.status !== longJump) process.exit(1);
      throw error;
    }
  };
}

const startupHeaderBytes = 8;
const messageHeaderBytes = 5;
const protocol3 = 196_608;
const sync = "S".charCodeAt(0);
const simpleQuery = "Q".charCodeAt(0);
const flush = "H".charCodeAt(0);

/**
 * Cuts a client's bytes into groups that the engine runs in one go: the startup packet, then everything up to a Sync or a
 * simple Query. A group of one client is never interleaved with another's, whose unnamed statement would replace its own.
 *
 * @param onGroup called with each complete group
 * @param onForeign called for what is no PostgreSQL 3 client
 */
function createGrouper(onGroup, onForeign) {
  const chunks = [];
  let bytes = 0;
  let started = false;
  /** Length of the complete messages at the front that wait for their Sync; `needed` more make the next step possible. */
  let complete = 0;
  let needed = startupHeaderBytes;

  const merge = () => {
    const merged = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes);
    chunks.splice(0, chunks.length, merged);
    return merged;
  };
  const cut = (buffer, length) => {
    onGroup(buffer.subarray(0, length));
    const rest = buffer.subarray(length);
    chunks.splice(0, chunks.length, rest);
    bytes = rest.length;
    complete = 0;
    return rest;
  };

  return (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    // Merging only when a whole message is there keeps large ones linear.
    if (bytes < needed) return;
    let buffer = merge();
    if (!started) {
      const length = buffer.readInt32BE(0);
      if (buffer.readInt32BE(4) !== protocol3) {
        onForeign();
        return;
      }
      needed = length;
      if (bytes < needed) return;
      started = true;
      buffer = cut(buffer, length);
    }
    for (;;) {
      needed = complete + messageHeaderBytes;
      if (bytes < needed) return;
      const type = buffer[complete];
      needed = complete + 1 + buffer.readInt32BE(complete + 1);
      if (bytes < needed) return;
      complete = needed;
      if (type === sync || type === simpleQuery || type === flush) buffer = cut(buffer, complete);
    }
  };
}

/** Runs the groups of all clients one after the other; while a client is in a transaction, only its own. */
function createScheduler(db) {
  const waiting = [];
  let owner;
  let running = false;

  const next = () => {
    const index = db.isInTransaction() ? waiting.findIndex(({ client }) => client === owner) : 0;
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  };
  const drain = async () => {
    if (running) return;
    running = true;
    for (let item = next(); item !== undefined; item = next()) {
      owner = item.client;
      const answers = [];
      await db.execProtocolRawStream(item.group, {
        syncToFs: false,
        onRawData: (data) => answers.push(Buffer.from(data)),
      });
      if (owner.writable) owner.write(answers.length === 1 ? answers[0] : Buffer.concat(answers));
      // Lets the socket take more in between.
      await new Promise(setImmediate);
    }
    running = false;
  };

  return {
    add: (client, group) => {
      waiting.push({ client, group });
      void drain();
    },
    /** A client that is gone leaves no open transaction behind. */
    leave: async (client) => {
      if (db.closed) return;
      for (let index = waiting.length - 1; index >= 0; index -= 1)
        if (waiting[index].client === client) waiting.splice(index, 1);
      if (owner === client && db.isInTransaction()) await db.exec("rollback");
      void drain();
    },
  };
}

const db = await openDatabase();
const scheduler = createScheduler(db);
const clients = new Set();
const server = createServer((client) => {
  clients.add(client);
  client.on(
    "data",
    createGrouper(
      (group) => scheduler.add(client, group),
      () => client.destroy(),
    ),
  );
  client.on("error", () => client.destroy());
  client.on("close", () => {
    clients.delete(client);
    void scheduler.leave(client);
  });
});

parentPort?.on("message", async (message) => {
  if (message !== "close") return;
  server.close();
  for (const client of clients) {
    client.destroy();
    await scheduler.leave(client);
  }
  // Without a checkpoint the next start replays the log.
  await db.exec("checkpoint");
  await db.close();
  parentPort?.close();
});
server.listen(socketPath, () => parentPort?.postMessage("ready"));
