import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createSecretBox, maskSecrets, mergeSecrets } from "./secret-box.ts";

const dataDir = mkdtempSync(join(tmpdir(), "clientele-secrets-"));
afterAll(() => rmSync(dataDir, { recursive: true }));
const secretKey = "a key that is long enough";

describe("sealed secrets", () => {
  it("open with the same key in the same place, and nowhere else", () => {
    const box = createSecretBox({ dataDir, secretKey });
    const sealed = box.seal({ password: "hunter2" }, "source:1");
    expect(sealed).not.toContain("hunter2");
    expect(createSecretBox({ dataDir, secretKey }).open(sealed, "source:1")).toEqual({ password: "hunter2" });
    const refused = { code: "connectors.secretKey" };
    expect(() => box.open(sealed, "source:2")).toThrow(expect.objectContaining(refused));
    expect(() => createSecretBox({ dataDir, secretKey: `${secretKey}!` }).open(sealed, "source:1")).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => box.open(`${sealed.slice(0, -2)}AA`, "source:1")).toThrow(expect.objectContaining(refused));
    expect(() => box.open("", "source:1")).toThrow(expect.objectContaining(refused));
    expect(box.seal({ password: "hunter2" }, "source:1")).not.toBe(sealed);
  });

  it("use a key file that only its owner reads, when no key is configured", () => {
    const sealed = createSecretBox({ dataDir }).seal({ a: "b" }, "x");
    expect(createSecretBox({ dataDir }).open(sealed, "x")).toEqual({ a: "b" });
    const path = join(dataDir, "secret-key");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8").trim().length).toBeGreaterThan(40);
  });

  it("need a key of some length", () => {
    expect(() => createSecretBox({ dataDir, secretKey: "short" }).seal({}, "x")).toThrow(/16 characters/);
  });

  it("are replaced, removed and kept by name, and never shown", () => {
    expect(mergeSecrets({ a: "1", b: "2" }, { a: "3", b: null, c: "4" })).toEqual({ a: "3", c: "4" });
    expect(maskSecrets({ a: "1" })).toEqual({ a: "set" });
  });
});
