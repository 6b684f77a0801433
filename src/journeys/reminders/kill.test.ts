// Each step of each customer once, with one code, wherever the process dies.
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { createLogger, systemClock } from "../../kernel/index.ts";
import { migrate, openEngines } from "../../storage/index.ts";
import { createDataDir } from "../../testing/engines.ts";
import { createCrowd, crowdMails, crowdSize } from "../../testing/reminders/crowd.ts";
import { startChild } from "../../testing/start-child.ts";

type SentMail = { profile_id: string; reminder_mail_id: string; code: string | null };

const kills = process.env["CLIENTELE_TEST_LONG"] ? 20 : 2;

async function workUntilKilled(dataDir: string, afterMs: number): Promise<void> {
  const child = startChild(new URL("../../testing/reminders/remind-until-killed.ts", import.meta.url), [dataDir]);
  const ended = once(child, "exit");
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line !== "ready") continue;
    await pause(afterMs);
    child.kill("SIGKILL");
  }
  const [, signal] = await ended;
  expect(signal, errors).toBe("SIGKILL");
}

it(`reminds everybody once through ${kills} kills`, async () => {
  const dataDir = await createDataDir();
  const settings = {
    dataDir,
    postgresUrl: "",
    clickhouseUrl: "",
    clickhouseCluster: "",
    durability: "process" as const,
  };
  const migrations = [fileURLToPath(new URL("../migrations", import.meta.url))];
  try {
    const first = await openEngines(settings, createLogger("silent"));
    await migrate(first, migrations);
    await first.close();
    for (let kill = 0; kill < kills; kill += 1) await workUntilKilled(dataDir, 40 + 130 * kill);
    const engines = await openEngines(settings, createLogger("silent"));
    try {
      const { postgres } = engines;
      const crowd = await createCrowd(postgres, systemClock);
      await crowd.restock();
      const waiting = async () =>
        (
          await postgres.query<{ n: number }>(
            `select (select count(*) from reminder_mails m where m.state <> 'sent') + $1 -
             (select count(*) from reminder_mails m) as n`,
            [crowdMails],
          )
        ).rows[0]?.n;
      for (let round = 0; round < 400 && (await waiting()) !== 0; round += 1)
        // What the killed process held comes back after its lease.
        if ((await crowd.work()) === 0) await pause(50);
      const { rows: mails } = await postgres.query<SentMail & { rule_id: string }>(
        `select m.profile_id, m.rule_id, m.reminder_mail_id, s.code from reminder_mails m
         join reminder_sequences s on s.profile_id = m.profile_id and s.rule_id = m.rule_id and s.sequence = m.sequence
         where m.state = 'sent' order by m.reminder_mail_id`,
      );
      expect(mails.length).toBe(crowdMails);
      expect(new Set(mails.map(({ profile_id, rule_id }) => `${profile_id} ${rule_id}`)).size).toBe(crowdMails);
      const { rows: outbox } = await postgres.query<SentMail>(
        "select o.profile_id, o.mail_id as reminder_mail_id, o.code from test_outbox o order by 2",
      );
      expect(outbox).toEqual(mails.map(({ rule_id: _rule, ...mail }) => mail));
      const { rows: codes } = await postgres.query<{ n: number }>("select count(*) as n from test_codes");
      expect(codes[0]?.n).toBe(crowdSize);
    } finally {
      await engines.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 120_000);
