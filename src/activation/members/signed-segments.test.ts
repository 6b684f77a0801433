import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newId } from "../../kernel/index.ts";
import { segmentsLastMs, signSegments, verifySegments } from "./signed-segments.ts";

const now = Date.parse("2026-03-10T12:07:00Z");
const key = { id: newId(), secret: "shop-secret" };
const secretOf = (id: string) => (id === key.id ? key.secret : undefined);
const me = "ecid:1234";
const segments = ["vip", "returning", "likes_hats"];
const signature = signSegments(segments, me, key, now);
const list = [...segments, signature].join(",");
const verify = (text: string, visitors: readonly string[] = [me], at = now) =>
  verifySegments(text, visitors, secretOf, at);
const held = { ok: true, segments, visitor: me };

describe("a signed list of audiences", () => {
  it("holds for its visitor, URL-encoded or not, and among entries of others", () => {
    expect(verify(list)).toEqual(held);
    expect(verify(encodeURIComponent(list))).toEqual(held);
    expect(verify(list.replaceAll(",", ", "), ["anonymous_id:a", me])).toEqual(held);
    expect(verify(`foreign,${list},other`)).toEqual(held);
    expect(verify(`${list},x,cl1.1.zzz.nonsense.mac`)).toEqual(held);
  });

  it("fits into a cookie as it is", () => {
    expect(signature).toMatch(/^[\w.-]+$/);
    expect(signature.length).toBeLessThan(80);
  });

  it("stays the same for a quarter of an hour, and ends an hour later", () => {
    expect(signSegments(segments, me, key, now + 5 * 60_000)).toBe(signature);
    expect(verify(list, [me], now + segmentsLastMs)).toEqual(held);
    expect(verify(list, [me], now + segmentsLastMs + 900_000)).toEqual({ ok: false, reason: "expired" });
    // Somebody who signs for ever has the secret, and still gets no more than an hour.
    const later = signSegments(segments, me, key, now + 86_400_000);
    expect(verify([...segments, later].join(","))).toEqual({ ok: false, reason: "expired" });
  });

  it("is worth nothing for anybody else, or with a key that is revoked", () => {
    expect(verify(list, ["ecid:999", "anonymous_id:1234"])).toEqual({ ok: false, reason: "invalid" });
    expect(verify(list, [])).toEqual({ ok: false, reason: "unknown_visitor" });
    expect(verifySegments(list, [me], () => undefined, now)).toEqual({ ok: false, reason: "unknown_key" });
    expect(verifySegments(list, [me], () => "another", now)).toEqual({ ok: false, reason: "invalid" });
  });

  it("is worth nothing when it is changed in any way", () => {
    expect(verify("vip,returning")).toEqual({ ok: false, reason: "unsigned" });
    expect(verify([...segments, "employees", signature].join(","))).toMatchObject({ ok: false });
    expect(verify(["employees", ...segments.slice(1), signature].join(","))).toMatchObject({ ok: false });
    expect(verify([...segments.toReversed(), signature].join(","))).toMatchObject({ ok: false });
    expect(verify(signature)).toMatchObject({ ok: false });
    for (let at = 0; at < signature.length; at += 1) {
      const other = signature.charAt(at) === "a" ? "b" : "a";
      const changed = `${signature.slice(0, at)}${other}${signature.slice(at + 1)}`;
      expect(verify([...segments, changed].join(","))).toMatchObject({ ok: false });
    }
  });

  it("is ignored when it is too long or cannot be read", () => {
    expect(verify(`${"a,".repeat(5_000)}${signature}`)).toEqual({ ok: false, reason: "oversized" });
    expect(verify(`%E0%A4%A,${signature}`)).toEqual({ ok: false, reason: "malformed" });
    expect(verify(`${",".repeat(600)}${signature}`)).toEqual({ ok: false, reason: "malformed" });
    expect(verify("cl1.,cl1....,cl1.zzzz.1.AAAA.x")).toEqual({ ok: false, reason: "malformed" });
  });

  it("gives nobody anything by chance, whatever text comes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom("vip", signature, "cl1.1.a.b.c")), { maxLength: 8 }),
        (parts) => {
          const verdict = verify(parts.join(","));
          if (verdict.ok) expect(parts.join(",")).toContain(segments.join(","));
        },
      ),
    );
  });
});
