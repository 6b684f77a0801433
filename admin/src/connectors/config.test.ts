import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { completeConfig } from "../../../src/connectors/destinations/complete-config.ts";
import { destinationSecrets as serverSecrets } from "../../../src/connectors/destinations/destination.ts";
import { configSchema } from "../../../src/connectors/destinations/schemas.ts";
import { completeSourceConfig } from "../../../src/connectors/sources/complete-config.ts";
import { type SourceConfigInput, sourceConfigSchema } from "../../../src/connectors/sources/schemas.ts";
import { secretsOf as serverSecretsOf } from "../../../src/connectors/sources/source.ts";
import {
  destinationSecrets,
  headersText,
  parseHeaders,
  startConfig as startDestination,
} from "./destinations/destination-config.ts";
import { type DestinationConfig, destinationTypes } from "./destinations/shapes.ts";
import type { SourceConfig } from "./sources/shapes.ts";
import { newSecret, secretsOf, sourceChoices, startConfig, toInput, typedSecrets } from "./sources/source-config.ts";

const sourceSchema = Compile(sourceConfigSchema);
const destinationSchema = Compile(configSchema);
const facts = { allowPrivateTargets: true, dropDir: "/drop", defaultCurrency: "USD", defaultStoreView: "default" };

function filledSource(config: SourceConfig): SourceConfig {
  if (config.type === "sql")
    return {
      ...config,
      host: "db",
      database: "d",
      user: "u",
      query: "select id, updated_at from t",
      cursorColumn: "updated_at",
      keyColumns: ["id"],
    };
  if (config.type === "files" && config.location.kind === "s3")
    return { ...config, location: { ...config.location, endpoint: "https://s3.example.com", bucket: "bucket" } };
  return config;
}

function filledDestination(config: DestinationConfig): DestinationConfig {
  switch (config.type) {
    case "webhook":
      return { ...config, url: "https://example.com" };
    case "s3":
      return { ...config, endpoint: "https://s3.example.com", bucket: "bucket" };
    case "segment":
      return config;
    case "adobe-edge":
      return { ...config, dataStreamId: "stream" };
  }
}

describe("what the forms begin with", () => {
  it.each(sourceChoices)(
    "a %s source is one that the server takes, before and after it filled in the rest",
    (choice) => {
      const input = toInput(filledSource(startConfig(choice, "order")));
      expect(sourceSchema.Check(input)).toBe(true);
      const { config, faults } = completeSourceConfig("own", input as SourceConfigInput, facts);
      expect(faults).toEqual([]);
      // What was read is what is sent back by the settings.
      const again = toInput(config as unknown as SourceConfig);
      expect(sourceSchema.Check(again)).toBe(true);
      expect(completeSourceConfig("own", again as SourceConfigInput, facts).config).toEqual(config);
      expect(secretsOf(config as unknown as SourceConfig)).toEqual(serverSecretsOf(config));
    },
  );

  it("a database that is compared has no cursor column, and can be saved again", () => {
    const sql = filledSource(startConfig("mysql", "customer"));
    const input = toInput({ ...sql, mode: "diff", cursorColumn: "", keyColumns: [] } as SourceConfig);
    expect(sourceSchema.Check(input)).toBe(true);
    const { config } = completeSourceConfig("own", input as SourceConfigInput, facts);
    expect(sourceSchema.Check(toInput(config as unknown as SourceConfig))).toBe(true);
  });

  it.each(destinationTypes)("a %s destination has the server's own defaults, above all those of consent", (type) => {
    const start = filledDestination(startDestination(type));
    if (!destinationSchema.Check(start)) throw new Error("the server would refuse it");
    expect(completeConfig(start)).toEqual(start);
    const { consent: _own, ...silent } = start;
    if (!destinationSchema.Check(silent)) throw new Error("the server would refuse it");
    expect(completeConfig(silent)).toEqual(start);
    expect(destinationSecrets[type]).toEqual(serverSecrets[type]);
  });

  it("writes headers one a line and reads them back", () => {
    const headers = { "X-Team": "a: b", Accept: "application/json" };
    expect(parseHeaders(headersText(headers))).toEqual(headers);
    expect(parseHeaders("no colon\n: no name\n")).toEqual({});
  });

  it("makes secrets that nobody can guess, and sends none that was not typed", () => {
    const made = new Set(Array.from({ length: 50 }, newSecret));
    expect(made.size).toBe(50);
    for (const secret of made) expect(secret).toMatch(/^[\w-]{43}$/);
    expect(typedSecrets({ password: "", ca: "x" })).toEqual({ ca: "x" });
  });
});
