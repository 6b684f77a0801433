// A child for the test that kills an import: runs one to its end and prints each checkpoint. Arguments: data directory, file.
import { startImportApp } from "./import-app.ts";

const [dataDir = "", file = ""] = process.argv.slice(2);
const { imports } = await startImportApp({ dataDir });
const run = await imports.createFromPath({ kind: "order", fileName: "orders.csv", createdBy: "test" }, file);
process.stdout.write(`import ${run.id}\n`);
await imports.runToEnd(run.id, {
  onProgress: ({ counts }) => process.stdout.write(`written ${counts.written}\n`),
});
process.stdout.write("ended\n");
