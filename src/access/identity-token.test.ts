import fc from "fast-check";
import { expect, it } from "vitest";
import { signIdentityToken, verifyIdentityToken } from "./identity-token.ts";

const nowMs = Date.UTC(2026, 0, 1);
const secret = "shop-secret";
const token = signIdentityToken({ customerId: "c-1", email: "a@example.com" }, secret, nowMs + 60_000);
const refused = (text: string, with_ = secret, atMs = nowMs) =>
  expect(() => verifyIdentityToken(text, with_, atMs)).toThrow(
    expect.objectContaining({ code: "access.identityToken", status: 401 }),
  );

it("reads back what the shop's server signed", () => {
  expect(verifyIdentityToken(token, secret, nowMs)).toEqual({
    customerId: "c-1",
    email: "a@example.com",
    expiresAtMs: nowMs + 60_000,
  });
  expect(verifyIdentityToken(signIdentityToken({ customerId: "ü 7" }, secret, nowMs + 1000), secret, nowMs)).toEqual({
    customerId: "ü 7",
    expiresAtMs: nowMs + 1000,
  });
});

it("refuses a token that is expired, signed with another secret, or checked without one", () => {
  refused(token, secret, nowMs + 60_000);
  refused(token, "other");
  refused(signIdentityToken({ customerId: "c" }, "", nowMs + 1000), "");
});

it("refuses claims that another payload brings under the same signature", () => {
  const forged = Buffer.from(JSON.stringify({ sub: "c-2", exp: nowMs / 1000 + 60 })).toString("base64url");
  refused(`${forged}.${token.split(".")[1]}`);
});

it.each(["", ".", "a", "a.b.c", `${token}.x`, `${token.split(".")[0]}.`, "x".repeat(5000)])("refuses %.20j", (text) => {
  refused(text);
});

it("refuses signed claims without subject or time", () => {
  refused(signIdentityToken({ customerId: "" }, secret, nowMs + 1000));
  refused(signIdentityToken({ customerId: "c" }, secret, Number.NaN));
});

it("throws nothing but its own error, whatever it is given", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      refused(`${a}.${b}`);
    }),
  );
});
