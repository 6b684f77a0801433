import { type Readable, Transform } from "node:stream";
import { ClienteleError } from "../../kernel/index.ts";

/** The stream, cut off with `http.tooLarge` once it is longer. */
export function limitBytes(source: Readable, maxBytes: number): Readable {
  let bytes = 0;
  const limited = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new ClienteleError("http.tooLarge", `the file is larger than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
  source.once("error", (error) => limited.destroy(error));
  return source.pipe(limited);
}
