import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../kernel/index.ts";
import { type S3Server, s3Bucket, s3Credentials, startS3Server } from "../../testing/connectors/s3-server.ts";
import {
  createTestPersons,
  type SyncsApp,
  startSyncsApp,
  syncCapabilities,
  type TestPersons,
} from "../../testing/connectors/syncs-app.ts";
import { waitFor } from "../../testing/connectors/wait-for.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { encodeChanges } from "./encode-changes.ts";
import { createFolderFiles } from "./folder-files.ts";

type Line = { op: string; audience: string; namespace: string; identifier: string; sequence: number };
type Manifest = { runId: string; parts: number; fromSequence: number; folder: string };

let engines: TestEngines;
let s3: S3Server;
let app: SyncsApp;
let all: TestPersons;

beforeAll(async () => {
  engines = await openTestEngines(syncCapabilities, { clickhouse: "embedded" });
  s3 = await startS3Server();
  all = createTestPersons();
  app = await startSyncsApp(engines, systemClock, all);
  await app.syncs.start();
}, 60_000);
afterAll(async () => {
  await app.close();
  await s3.close();
  await engines.close();
});

async function make(key: string, config: object, secrets: object = {}): Promise<void> {
  const identifiers = [{ namespace: "email" }];
  const made = await app.call("POST", "/v1/audience-syncs", {
    key,
    name: key,
    config: { audience: "vip", identifiers, ...config },
    secrets,
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
}
async function settled(key: string): Promise<void> {
  await waitFor(`${key} has told everything`, async () => {
    const { body } = await app.call("GET", `/v1/audience-syncs/${key}`);
    const counts = (await app.call("GET", `/v1/audience-syncs/${key}/counts`)).body;
    return body.state.sweep === null && body.state.failures === 0 && counts.waiting === 0 && counts.gone === 0;
  });
}

/** What somebody holds who loads the newest full copy, and then the changes after it. */
function copyIn(files: ReadonlyMap<string, string>): string[] {
  const manifest: Manifest = JSON.parse(files.get("latest.json") ?? "{}");
  const linesOf = (name: string): Line[] =>
    (files.get(name) ?? "")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const parts = [...files.keys()].filter((name) => name.startsWith(`${manifest.folder}part-`)).sort();
  expect(parts).toHaveLength(manifest.parts);
  const held = new Set(parts.flatMap(linesOf).map(({ identifier }) => identifier));
  const changes = [...files.keys()].filter((name) => name.startsWith("changes/")).sort();
  for (const { op, identifier, sequence } of changes.flatMap(linesOf)) {
    if (sequence <= manifest.fromSequence) continue;
    if (op === "exited") held.delete(identifier);
    else held.add(identifier);
  }
  return [...held].sort();
}

function filesIn(folder: string, below = ""): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const name = join(below, entry.name);
    if (entry.isDirectory()) for (const [key, text] of filesIn(folder, name)) files.set(key, text);
    else files.set(name, readFileSync(join(folder, name), "utf8"));
  }
  return files;
}
const objectsIn = (prefix: string) =>
  new Map(
    [...s3.objects].flatMap(([key, { body }]): [string, string][] =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), body.toString()]] : [],
    ),
  );

it.each(["s3", "folder"] as const)("keeps a copy as files: parts with a manifest, then changes (%s)", async (type) => {
  const names = Array.from({ length: 7 }, (_, index) => `${type}${index}`);
  const ids = all.add(names);
  const key = `files-${type}`;
  const read = () => (type === "s3" ? objectsIn("out/") : filesIn(join(engines.dataDir, "drop", "out")));
  const place =
    type === "s3"
      ? { endpoint: s3.url, bucket: s3Bucket, prefix: "out/", batchSize: 3 }
      : { path: "out", batchSize: 3 };
  await make(key, { type, ...place }, type === "s3" ? s3Credentials : {});
  await settled(key);
  const first = all.members().map(({ identifiers }) => identifiers[0]?.value);
  expect(copyIn(read())).toEqual(first.sort());
  expect([...read().keys()].some((name) => name.startsWith("changes/"))).toBe(false);

  const [gone] = ids;
  all.persons.set(String(gone), { ...all.of([String(gone)])[0]!, isMember: false });
  const added = all.add([`${type}-late`]);
  await app.change([String(gone), ...added]);
  await settled(key);
  const now = all.members().map(({ identifiers }) => identifiers[0]?.value);
  expect(copyIn(read())).toEqual(now.sort());
  expect([...read().keys()].filter((name) => name.endsWith(".part"))).toEqual([]);

  const before = copyIn(read());
  await app.call("POST", `/v1/audience-syncs/${key}/resync`);
  const runId = () => JSON.parse(read().get("latest.json") ?? "{}").runId;
  const old = runId();
  await waitFor("the next full copy is there", () => runId() !== old);
  expect(copyIn(read())).toEqual(before);
});

it("waits while a bucket refuses its key, and goes on with the right one", async () => {
  all.add(["bucket"]);
  const config = { type: "s3", endpoint: s3.url, bucket: s3Bucket, prefix: "refused/" };
  await make("refused", config, { ...s3Credentials, secretAccessKey: "wrong" });
  const state = async () => (await app.call("GET", "/v1/audience-syncs/refused")).body.state;
  await waitFor("it fails", async () => (await state()).health === "failing");
  expect((await state()).lastError).toContain("answers 403");
  expect((await app.call("GET", "/v1/audience-syncs/refused/dead-letters")).body.items).toEqual([]);
  await app.call("PATCH", "/v1/audience-syncs/refused", { secrets: s3Credentials });
  await settled("refused");
  expect(copyIn(objectsIn("refused/"))).toContain("bucket@example.com");
});

it("writes CSV that a sheet does not run and a parser reads back", () => {
  const change = { op: "entered", namespace: "user_id", since: "2026-01-01T00:00:00.000Z", version: 1 } as const;
  const values = ["=1+1", "@x", "+49151234567", "+cmd", 'a"b,c\nd', "plain"];
  const rows = values.map((identifier, index) => ({ ...change, identifier, sequence: index + 1 }));
  const [heading, ...lines] = encodeChanges(rows, "vip", "csv").toString().split("\r\n");
  expect(heading).toBe("op,audience,namespace,identifier,profileId,since,version,sequence");
  expect(lines.map((line) => line.slice("entered,vip,user_id,".length).split(",,2026")[0])).toEqual([
    "'=1+1",
    "'@x",
    "+49151234567",
    "'+cmd",
    '"a""b,c\nd"',
    "plain",
    "",
  ]);
});

it("writes nothing outside the drop folder, not even through a link", async () => {
  const root = join(engines.dataDir, "root");
  const outside = join(engines.dataDir, "outside");
  mkdirSync(root);
  mkdirSync(outside);
  symlinkSync(outside, join(root, "link"));
  const { signal } = new AbortController();
  const write = createFolderFiles(root, "link/deep");
  await expect(write("a.ndjson", Buffer.from("x"), "", signal)).rejects.toMatchObject({ code: "connectors.badFile" });
  expect(readdirSync(outside)).toEqual([]);
  expect(() => createFolderFiles(root, "../outside")).toThrow("drop folder");
  await createFolderFiles(root, "fine")("a/b.ndjson", Buffer.from("x"), "", signal);
  expect(existsSync(join(root, "fine", "a", "b.ndjson"))).toBe(true);
});
