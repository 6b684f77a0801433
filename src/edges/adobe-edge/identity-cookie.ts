// The value of `kndctr_<ORG>_identity`: base64 of a protobuf message that the Web SDK reads by itself. Field 1 is the ECID,
// 10 says how it came about {1 created at, 2 is new, 3 device type, 5 region, 6 source}, 30 when it was written.
import protobuf from "protobufjs/minimal.js";
import { isEcid } from "./ecid.ts";

/** How an ECID came about, by the numbers of the protocol. */
export const ecidSources = { random: 0, thirdParty: 1, fpid: 2, received: 3 } as const;

export type IdentityCookie = {
  readonly ecid: string;
  /** UTC milliseconds. */
  readonly createdAt: number;
  readonly source: number;
  /** UTC milliseconds. */
  readonly writtenAt: number;
};

const field = { ecid: 1, metadata: 10, writtenAt: 30 } as const;
const meta = { createdAt: 1, isNew: 2, deviceType: 3, region: 5, source: 6 } as const;
const varint = 0;
const bytes = 2;
const browser = 1;
const maxLength = 2_048;

const tag = (number: number, wireType: number): number => (number << 3) | wireType;

/** Base64 with the URL alphabet, padded: the form that clients have in their cookies. */
export function encodeIdentityCookie(cookie: IdentityCookie, region: string): string {
  const { Writer } = protobuf;
  const metadata = Writer.create()
    .uint32(tag(meta.createdAt, varint))
    .uint64(cookie.createdAt)
    .uint32(tag(meta.isNew, varint))
    .uint32(cookie.createdAt === cookie.writtenAt ? 1 : 0)
    .uint32(tag(meta.deviceType, varint))
    .uint32(browser)
    .uint32(tag(meta.region, bytes))
    .string(region)
    .uint32(tag(meta.source, varint))
    .uint32(cookie.source)
    .finish();
  const message = Writer.create()
    .uint32(tag(field.ecid, bytes))
    .string(cookie.ecid)
    .uint32(tag(field.metadata, bytes))
    .bytes(metadata)
    .uint32(tag(field.writtenAt, varint))
    .uint64(cookie.writtenAt)
    .finish();
  return Buffer.from(message).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

function readMetadata(content: Uint8Array): { createdAt: number; source: number } {
  const reader = protobuf.Reader.create(content);
  let createdAt = 0;
  let source = 0;
  while (reader.pos < reader.len) {
    const key = reader.uint32();
    if (key === tag(meta.createdAt, varint)) createdAt = Number(reader.uint64());
    else if (key === tag(meta.source, varint)) source = reader.uint32();
    else reader.skipType(key & 7);
  }
  return { createdAt, source };
}

/** @returns undefined for anything but a cookie with a valid ECID: cookies are forged and cut off */
export function decodeIdentityCookie(value: string): IdentityCookie | undefined {
  if (value.length > maxLength || !/^[\w+/-]+={0,2}$/.test(value)) return undefined;
  try {
    const reader = protobuf.Reader.create(Buffer.from(value, "base64url"));
    let ecid = "";
    let metadata = { createdAt: 0, source: 0 };
    let writtenAt = 0;
    while (reader.pos < reader.len) {
      const key = reader.uint32();
      if (key === tag(field.ecid, bytes)) ecid = reader.string();
      else if (key === tag(field.metadata, bytes)) metadata = readMetadata(reader.bytes());
      else if (key === tag(field.writtenAt, varint)) writtenAt = Number(reader.uint64());
      else reader.skipType(key & 7);
    }
    return isEcid(ecid) ? { ecid, ...metadata, writtenAt } : undefined;
  } catch {
    // Not this message at all.
    return undefined;
  }
}
