#!/usr/bin/env node
import {
  definitionsCommand,
  doctorCommand,
  keysCommand,
  migrateCommand,
  printConfigCommand,
  usersCommand,
} from "./commands/administer.ts";
import { benchCommand } from "./commands/bench.ts";
import { demoCommand } from "./commands/demo.ts";
import { describeFailure } from "./commands/describe-failure.ts";
import { modelsCommand } from "./commands/evaluate-models.ts";
import { importCommand } from "./commands/import-catalog.ts";
import { readConfig } from "./config.ts";
import { start } from "./main.ts";

const usage = `clientele <command>

  start                     start the configured roles
  demo [--shoppers n]       start on embedded engines with the demo shop
  migrate                   bring the databases to this version
  doctor                    check engines, disk and durability
  import catalog <file…>    import products from JSON lines or CSV
  import orders|customers|consents|loyalty|stores|events <file…>
                            import the past from CSV or NDJSON, with a reconciliation report
  import rates <file…>      import currency rates from CSV
  import assets <dir>       add the pictures of a folder to the library
  definitions export|import definitions as a file
  keys list|create|revoke   write keys and tokens
  users add <email>         users of the admin
  config                    print the configuration, secrets masked
  models evaluate --orders <file…> [--until <date>]
                            how well scores of buying again and spend would have been, on a past of orders
  bench [name…] [--record]  measure this build against its budgets

Settings are environment variables CLIENTELE_…; see docs/manual/configuration.md.`;

async function main(args: readonly string[]): Promise<number | undefined> {
  const [command, ...rest] = args;
  switch (command) {
    case "start": {
      if (rest.includes("--print-config")) return printConfigCommand();
      const { logger } = await start({ config: readConfig() });
      logger.info("ready");
      return undefined;
    }
    case "demo":
      await demoCommand(rest);
      return undefined;
    case "migrate":
      return migrateCommand();
    case "doctor":
      return doctorCommand();
    case "import":
      return importCommand(rest);
    case "definitions":
      return definitionsCommand(rest);
    case "keys":
      return keysCommand(rest);
    case "users":
      return usersCommand(rest);
    case "config":
      return printConfigCommand();
    case "models":
      return modelsCommand(rest);
    case "bench":
      return benchCommand(rest);
    default:
      process.stdout.write(`${usage}\n`);
      return command === undefined || command === "help" || command === "--help" ? 0 : 2;
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    if (code !== undefined) process.exit(code);
  },
  (error: unknown) => {
    const { text, exitCode } = describeFailure(error);
    process.stderr.write(`${text}\n`);
    process.exit(exitCode);
  },
);
