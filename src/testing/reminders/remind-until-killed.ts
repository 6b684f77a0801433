/** Makes runs and sends mails in an endless loop; started as a process of its own by the kill test, which ends it anywhere. */
import { createLogger, systemClock } from "../../kernel/index.ts";
import { openEngines, type Postgres } from "../../storage/index.ts";
import { createPostgres } from "../../storage/postgres.ts";
import { createCrowd } from "./crowd.ts";

// Arguments: the data directory of embedded engines, or the connection string of a PostgreSQL server.
const [place = ""] = process.argv.slice(2);
const logger = createLogger("silent");

async function openPostgres(): Promise<Postgres> {
  if (place.startsWith("postgres")) return createPostgres({ kind: "server", connection: place, logger });
  const engines = { postgresUrl: "", clickhouseUrl: "", clickhouseCluster: "", durability: "process" as const };
  return (await openEngines({ dataDir: place, ...engines }, logger)).postgres;
}

const crowd = await createCrowd(await openPostgres(), { ...systemClock });
process.stdout.write("ready\n");
for (;;) await crowd.work();
