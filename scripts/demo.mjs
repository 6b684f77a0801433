// `npm run demo`: installs, builds what is missing, starts everything on embedded engines with the demo shop.
import { build } from "./build.mjs";
import { checkNode, ensureInstalled, runForeground } from "./lib/run.mjs";

checkNode();
ensureInstalled();
build();
runForeground(process.execPath, ["--enable-source-maps", "dist/cli.js", "demo", ...process.argv.slice(2)]);
