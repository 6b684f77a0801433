// A child for the tests of the lock: takes the data directory given as argument, says so, and holds it until it is killed.
import { lockDataDir, makeDataDir } from "../storage/data-dir.ts";

const dataDir = process.argv[2] ?? "";
makeDataDir(dataDir);
lockDataDir(dataDir);
process.stdout.write("locked\n");
setInterval(() => undefined, 60_000);
