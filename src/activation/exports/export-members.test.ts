import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFixedClock, csvCell, csvLine } from "../../kernel/index.ts";
import { emptyState, type ProfileState } from "../../profiles/index.ts";
import { type ExportFormat, readColumns } from "./columns.ts";
import { type ExportCounts, type ExportDeps, exportMembers } from "./export-members.ts";
import { readConsents } from "./routes-export.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const now = Date.parse("2026-03-10T12:00:00Z");
const idOf = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;

type Person = {
  readonly identifiers?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly consents?: ProfileState["consents"];
  readonly addresses?: readonly Record<string, string | boolean>[];
};

function stateOf({ attributes = {}, consents = {} }: Person): ProfileState {
  const written = Object.entries(attributes).map(([key, value]) => [
    key,
    { value: value as never, at: 0, sourceId: "s" },
  ]);
  return { ...emptyState(now), attributes: Object.fromEntries(written), consents };
}

/** Members held in memory. */
function setUp(people: (n: number) => Person | undefined, count: number, suppressed: readonly string[] = []) {
  const pages: number[] = [];
  const numberOf = (id: string): number => Number(id.slice(-12));
  const each = (ids: readonly string[]) =>
    ids.flatMap((profileId) => {
      const person = people(numberOf(profileId));
      return person ? [{ profileId, person }] : [];
    });
  const deps: ExportDeps = {
    clock: createFixedClock(now),
    membersOf: async (_audience, after, limit) => {
      pages.push(limit);
      const first = after === null ? 0 : numberOf(after) + 1;
      const length = Math.max(0, Math.min(limit + 1, count - first));
      return Array.from({ length }, (_, n) => ({ profileId: idOf(first + n), version: 3, since: now }));
    },
    statesOf: async (ids) => each(ids).map(({ profileId, person }) => ({ profileId, state: stateOf(person) })),
    linksOf: async (ids) =>
      each(ids).flatMap(({ profileId, person }) =>
        Object.entries(person.identifiers ?? {}).map(([namespace, value], place) => ({
          profileId,
          namespace,
          value,
          validFrom: 0,
          validTo: null,
          verified: true,
          linkedAt: place,
        })),
      ),
    attributesOf: ({ state }) => ({
      ...Object.fromEntries(Object.entries(state.attributes).map(([key, { value }]) => [key, value])),
      revenue: { minor: 1250, currency: "EUR" },
    }),
    addressesOf: () => people(0)?.addresses ?? [],
    isSuppressed: ({ value }) => suppressed.includes(value),
  };
  return { deps, pages };
}

async function rowsOf(
  person: Person | readonly Person[],
  options: { format?: ExportFormat; columns?: string; consent?: string; suppressed?: readonly string[] } = {},
) {
  const people = Array.isArray(person) ? person : [person as Person];
  const { deps } = setUp((n) => people[n], people.length, options.suppressed);
  const counts: ExportCounts = { members: 0, written: 0, withheld: 0, unmatched: 0 };
  const what = {
    audienceId: "a",
    audienceKey: "vip",
    table: readColumns(options.format ?? "plain", options.columns),
    consents: readConsents(options.consent ?? "necessary"),
  };
  let text = "";
  for await (const lines of exportMembers(deps, what, counts)) text += lines;
  return { rows: parse(text, { columns: true }) as Record<string, string>[], counts, text };
}

describe("the columns of an export", () => {
  it("are identifiers, traits and facts of the membership, in the order asked for", async () => {
    const { text } = await rowsOf(
      {
        identifiers: { email: "old@shop.example", "customer_id:erp": "E-7", phone: "+491701234567" },
        attributes: { first_name: "Maya", tier: "gold", tags: ["a", "b"] },
      },
      {
        columns:
          "since,email,identifier.customer_id:erp,phone,trait.tier,trait.tags,trait.revenue,first_name,version,audience,trait.none",
      },
    );
    expect(text).toBe(
      "since,email,identifier.customer_id:erp,phone,trait.tier,trait.tags,trait.revenue,first_name,version,audience,trait.none\r\n" +
        '2026-03-10T12:00:00.000Z,old@shop.example,E-7,+491701234567,gold,"[""a"",""b""]",12.50 EUR,Maya,3,vip,\r\n',
    );
  });

  it("that nobody knows are refused, each by name", () => {
    expect(() => readColumns("plain", "email,nonsense,trait.__proto__")).toThrow(
      expect.objectContaining({
        code: "activation.badColumn",
        details: [expect.objectContaining({ path: "/columns/1" }), expect.objectContaining({ path: "/columns/2" })],
      }),
    );
    // In the clear they would leave the house with the hashes.
    expect(() => readColumns("meta", "email,trait.tier")).toThrow(
      expect.objectContaining({ code: "activation.badColumn" }),
    );
    expect(() => readColumns("plain", Array.from({ length: 60 }, (_, n) => `trait.t${n}`).join(","))).toThrow();
    expect(() => readConsents("marketing:email:x")).toThrow(expect.objectContaining({ code: "activation.badConsent" }));
  });
});

describe("the formats of advertising systems", () => {
  const maya: Person = {
    identifiers: {
      email: "maya@shop.example",
      phone: "+16502530000",
      "device:ios": "AEBE52E7-03EE-455A-B3C4-E57283966239",
    },
    attributes: { first_name: "Maya", last_name: "O'Neil", birth_date: "1990-02-03" },
    addresses: [{ city: "New York", region_code: "NY", postcode: "10001-1234", country: "US" }],
  };

  it("name and hash everything as Meta does", async () => {
    const { rows } = await rowsOf(maya, { format: "meta" });
    expect(rows).toEqual([
      {
        email: sha256("maya@shop.example"),
        phone: sha256("16502530000"),
        madid: "AEBE52E7-03EE-455A-B3C4-E57283966239",
        fn: sha256("maya"),
        ln: sha256("oneil"),
        zip: sha256("10001"),
        ct: sha256("newyork"),
        st: sha256("ny"),
        country: sha256("us"),
        dob: sha256("19900203"),
        doby: sha256("1990"),
        gen: "",
      },
    ]);
  });

  it("name and hash everything as Google does, country and postal code in the clear", async () => {
    const { rows } = await rowsOf(maya, { format: "google" });
    expect(rows).toEqual([
      {
        Email: sha256("maya@shop.example"),
        Phone: sha256("+16502530000"),
        "First Name": sha256("maya"),
        "Last Name": sha256("o'neil"),
        Country: "US",
        Zip: "10001-1234",
      },
    ]);
  });

  it("take the hash that an address is known by, and leave out whom nobody could match", async () => {
    const hash = sha256("x@shop.example");
    const { rows, counts } = await rowsOf([{ identifiers: { email_sha256: hash } }, { identifiers: { ecid: "1" } }], {
      format: "google",
      columns: "email,phone",
    });
    expect(rows).toEqual([{ Email: hash, Phone: "" }]);
    expect(counts).toEqual({ members: 2, written: 1, withheld: 0, unmatched: 1 });
  });
});

describe("persons", () => {
  const said = (status: "granted" | "denied", at = now - 1) => ({ status, at, source: "shop" });
  const emails = (rows: readonly Record<string, string>[]) => rows.map(({ email }) => email);
  const person = (email: string, consents: ProfileState["consents"]): Person => ({ identifiers: { email }, consents });

  it("are in it only with the consent, of the channel where one is named", async () => {
    const people = [
      person("yes", { marketing: said("granted") }),
      person("no", { marketing: said("denied") }),
      person("silent", {}),
      person("not-by-mail", { marketing: said("granted", now - 2), "marketing:email": said("denied") }),
      person("long-ago", { marketing: said("granted", now - 800 * 86_400_000) }),
      person("both", { marketing: said("granted"), advertising: said("granted") }),
    ];
    expect(emails((await rowsOf(people, { consent: "marketing" })).rows)).toEqual(["yes", "not-by-mail", "both"]);
    expect(emails((await rowsOf(people, { consent: "marketing:email" })).rows)).toEqual(["yes", "both"]);
    const both = await rowsOf(people, { consent: "marketing,advertising" });
    expect(emails(both.rows)).toEqual(["both"]);
    expect(both.counts).toEqual({ members: 6, written: 1, withheld: 5, unmatched: 0 });
  });

  it("are never in it once they are suppressed; a shared device that is suppressed takes nobody else out", async () => {
    const people = [
      { identifiers: { email: "a@x.example", ecid: "shared" } },
      { identifiers: { email: "b@x.example", ecid: "2" } },
      { identifiers: { ecid: "shared" } },
    ];
    const { rows } = await rowsOf(people, { columns: "email,ecid", suppressed: ["shared", "b@x.example"] });
    expect(rows).toEqual([{ email: "a@x.example", ecid: "shared" }]);
  });
});

describe("cells", () => {
  it("never start a formula", () => {
    for (const text of ["=1+1", "+SUM(A1)", "-2+3", "@x", "\tx", "\rx", "＝1"])
      expect(parse(csvLine([text]))).toEqual([[`'${text}`]]);
    for (const number of ["+4930901820", "-12.50", "7"]) expect(csvCell(number)).toBe(number);
  });

  it("come back as they were, whatever they hold", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 20 }), { minLength: 2, maxLength: 5 }), (cells) => {
        const clean = cells.map((cell) => cell.replaceAll("\0", ""));
        const [read] = parse(csvLine(cells), { relax_column_count: true }) as string[][];
        expect(read?.map((cell, at) => (cell === clean[at] ? cell : cell.slice(1)))).toEqual(clean);
      }),
    );
  });
});

it("holds one page in memory however many members there are, and waits for a slow reader", async () => {
  const { deps, pages } = setUp((n) => ({ identifiers: { email: `p${n}@shop.example` } }), 200_000);
  const counts: ExportCounts = { members: 0, written: 0, withheld: 0, unmatched: 0 };
  const what = { audienceId: "a", audienceKey: "vip", table: readColumns("plain", "email"), consents: [] };
  const stream = Readable.from(exportMembers(deps, what, counts), { objectMode: false });
  const reader = stream[Symbol.asyncIterator]();
  await reader.next();
  await reader.next();
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  // Nobody takes more: what is not asked for is not read. A page is about 10 KB; a stream holds 64 KB ahead.
  expect(pages.length).toBeLessThan(12);
  let bytes = 0;
  for (let part = await reader.next(); !part.done; part = await reader.next()) bytes += Buffer.byteLength(part.value);
  expect(counts).toEqual({ members: 200_000, written: 200_000, withheld: 0, unmatched: 0 });
  expect(bytes).toBeGreaterThan(3_000_000);
  expect(Math.max(...pages)).toBe(500);
  expect(pages.length).toBe(400);
});
