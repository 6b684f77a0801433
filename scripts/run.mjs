// `npm run clientele -- <command>`: builds the server when its sources are newer, then runs the command line.
import { build } from "./build.mjs";
import { checkNode, ensureInstalled, runForeground } from "./lib/run.mjs";

checkNode();
ensureInstalled();
build();
runForeground(process.execPath, ["--enable-source-maps", "dist/cli.js", ...process.argv.slice(2)]);
