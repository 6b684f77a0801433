// multipart/form-data as a stream (RFC 7578): fields are kept, a file is handed on while it arrives.
import { ClienteleError } from "../../kernel/index.ts";

export type FormFile = {
  readonly name: string;
  readonly fileName: string;
  readonly content: AsyncGenerator<Buffer>;
};

const maxHeaderBytes = 16 * 1024;
const maxFieldBytes = 1024 * 1024;
const maxParts = 50;
const lineEnd = Buffer.from("\r\n");
const headerEnd = Buffer.from("\r\n\r\n");

/** @returns undefined when the content type is no multipart form */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType ?? "");
  return match?.[1] ?? match?.[2];
}

function broken(what: string): ClienteleError {
  return new ClienteleError("imports.upload", `the form ${what}`);
}

function parameterOf(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`, "i").exec(header);
  return match?.[1]?.replace(/\\(.)/g, "$1");
}

/** Reads ahead in pieces and never keeps more than one of them and the length of a boundary. */
function createScanner(body: AsyncIterator<Buffer>, boundary: string) {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first boundary has no line before it.
  let buffer: Buffer = lineEnd;
  const more = async (): Promise<void> => {
    const next = await body.next();
    if (next.done) throw broken("was cut off before its end");
    buffer = buffer.length === 0 ? next.value : Buffer.concat([buffer, next.value]);
  };
  const take = async (bytes: number): Promise<Buffer> => {
    while (buffer.length < bytes) await more();
    const taken = buffer.subarray(0, bytes);
    buffer = buffer.subarray(bytes);
    return taken;
  };
  return {
    /** Everything up to the next boundary, which is passed over. */
    async *part(): AsyncGenerator<Buffer> {
      for (;;) {
        const at = buffer.indexOf(delimiter);
        if (at >= 0) {
          const last = buffer.subarray(0, at);
          buffer = buffer.subarray(at + delimiter.length);
          if (last.length > 0) yield last;
          return;
        }
        const safe = buffer.length - delimiter.length + 1;
        if (safe > 0) {
          const piece = buffer.subarray(0, safe);
          buffer = buffer.subarray(safe);
          yield piece;
        }
        await more();
      }
    },
    /** @returns the headers of the next part, undefined at the end of the form */
    async headers(): Promise<string | undefined> {
      const mark = (await take(2)).toString("latin1");
      if (mark === "--") return undefined;
      if (mark !== "\r\n") throw broken("has a boundary that does not end its line");
      for (;;) {
        const at = buffer.indexOf(headerEnd);
        if (at >= 0) {
          const text = buffer.subarray(0, at).toString("utf8");
          buffer = buffer.subarray(at + headerEnd.length);
          return text;
        }
        if (buffer.length > maxHeaderBytes) throw broken("has a part with endless headers");
        await more();
      }
    },
  };
}

async function readField(part: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of part) {
    size += piece.length;
    if (size > maxFieldBytes) throw broken(`has a field of more than ${maxFieldBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/**
 * Reads a form to its end.
 *
 * @param onFile takes each file; `fields` holds the fields before it, so senders put the file last
 * @throws {ClienteleError} `imports.upload` for a form that is broken or cut off
 */
export async function readForm(
  body: AsyncIterable<Buffer>,
  boundary: string,
  onFile: (file: FormFile, fields: ReadonlyMap<string, string>) => Promise<void>,
): Promise<ReadonlyMap<string, string>> {
  const scanner = createScanner(body[Symbol.asyncIterator](), boundary);
  const fields = new Map<string, string>();
  for await (const _preamble of scanner.part()) {
    // What stands before the first boundary means nothing.
  }
  for (let parts = 0; ; parts += 1) {
    const headers = await scanner.headers();
    if (headers === undefined) return fields;
    if (parts >= maxParts) throw broken(`has more than ${maxParts} parts`);
    const disposition = headers.split("\r\n").find((header) => /^content-disposition:/i.test(header)) ?? "";
    const name = parameterOf(disposition, "name") ?? "";
    const fileName = parameterOf(disposition, "filename");
    const content = scanner.part();
    if (fileName === undefined) fields.set(name, await readField(content));
    else await onFile({ name, fileName, content }, fields);
    for await (const _rest of content) {
      // What a taker left of its file is passed over.
    }
  }
}
