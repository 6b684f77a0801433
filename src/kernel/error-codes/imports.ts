import type { ErrorEntry } from "../errors.ts";

export const importsErrors = {
  "imports.notFound": {
    status: 404,
    means: "No such import, or it has no such file.",
    remedy: "Look it up in GET /v1/imports; files are removed 14 days after the end.",
  },
  "imports.format": {
    status: 422,
    means: "The file is neither CSV with a header nor JSON lines, or it cannot be read to its end.",
    remedy: "Check the file; name format, encoding or separator when they were guessed wrong.",
  },
  "imports.mapping": {
    status: 422,
    means: "The mapping has faults, or none was given and the columns do not tell enough.",
    remedy: "Read details; start from the suggestion of the preview.",
  },
  "imports.state": {
    status: 409,
    means: "The import cannot do this in its present state.",
    remedy: "Look at its status; a finished import is repeated as a new one.",
  },
  "imports.tooLarge": {
    status: 413,
    means: "The file is larger than an upload may be.",
    remedy: "Use clientele import on the server, or send the file in pieces.",
  },
  "imports.offset": {
    status: 409,
    means: "A piece of a file does not begin where the last one ended.",
    remedy: "Ask GET /v1/imports/{id} for file.bytes and go on from there.",
  },
  "imports.upload": {
    status: 400,
    means: "The upload is no valid form or was cut off.",
    remedy: "Send the file as the body, or as the part `file` of a multipart form.",
  },
  "imports.kind": {
    status: 422,
    means: "This kind of record cannot be imported here.",
    remedy: "Use one of customer, order, product, store, consent, loyalty, event.",
  },
  "imports.badRows": {
    status: 422,
    means: "An atomic import found rows with faults and wrote nothing.",
    remedy: "Correct the rows of its bad-rows file, or import in the mode partial.",
  },
  "imports.changedFile": {
    status: 409,
    means: "The file is not the one that the import began with.",
    remedy: "Restore it, or start a new import.",
  },
  "imports.interrupted": {
    status: 503,
    means: "The import stopped because its events could not be stored for some minutes.",
    remedy: "See to the inbox, then start the import again; it goes on where it stopped.",
  },
} as const satisfies Record<string, ErrorEntry>;
