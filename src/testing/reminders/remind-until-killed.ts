/** Makes runs and sends mails in an endless loop; started as a process of its own by the kill test, which ends it anywhere. */
import { createLogger, systemClock } from "../../kernel/index.ts";
import { openEngines } from "../../storage/index.ts";
import { createCrowd } from "./crowd.ts";

const [dataDir = "", clickhouseUrl = ""] = process.argv.slice(2);
const settings = { dataDir, postgresUrl: "", clickhouseUrl, clickhouseCluster: "", durability: "process" as const };
const engines = await openEngines(settings, createLogger("silent"));
const crowd = await createCrowd(engines.postgres, { ...systemClock });
process.stdout.write("ready\n");
for (;;) await crowd.work();
