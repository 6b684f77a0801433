import type { ErrorEntry } from "../errors.ts";

export const connectorsErrors = {
  "connectors.notFound": {
    status: 404,
    means: "No such source, destination, run or dead letter.",
    remedy: "Look it up in its list; it may have passed its retention.",
  },
  "connectors.duplicate": {
    status: 409,
    means: "Another source or destination has this key.",
    remedy: "Choose another key.",
  },
  "connectors.conflict": {
    status: 412,
    means: "Somebody else changed the source or destination; If-Match names an older state.",
    remedy: "Read it again and repeat the change.",
  },
  "connectors.invalid": {
    status: 422,
    means: "The configuration of a source or destination has faults; details lists all.",
    remedy: "Correct them and send it again.",
  },
  "connectors.badSignature": {
    status: 401,
    means: "A webhook carries no valid signature, or one older than 5 minutes.",
    remedy: "Compare the secret and the clock of the sender, and sign the body as it is sent.",
  },
  "connectors.paused": {
    status: 409,
    means: "The source or destination is paused.",
    remedy: "Resume it first.",
  },
  "connectors.busy": {
    status: 409,
    means: "The source runs already.",
    remedy: "Wait for the run to end.",
  },
  "connectors.badTarget": {
    status: 422,
    means: "The target is no http or https URL, holds credentials, or is an address of this machine or its network.",
    remedy: "Use a public address, or set CLIENTELE_ALLOW_PRIVATE_TARGETS=true.",
  },
  "connectors.unreachable": {
    status: 422,
    means: "The other system gives no answer.",
    remedy: "Check address, network and the state of the other system.",
  },
  "connectors.refused": {
    status: 422,
    means: "The other system refuses the request.",
    remedy: "Check its credentials, rights and names.",
  },
  "connectors.secretKey": {
    status: 500,
    means: "Stored secrets cannot be opened with the present key.",
    remedy: "Restore CLIENTELE_SECRET_KEY or the file secret-key in the data directory, or enter the secrets again.",
  },
  "connectors.badQuery": {
    status: 422,
    means: "The query of an SQL source is not one single select, or its result lacks a named column.",
    remedy: "Write one select that yields the cursor, the key and the mapped columns.",
  },
  "connectors.badFile": {
    status: 422,
    means: "A dropped file cannot be read, or lies outside the drop folder.",
    remedy: "Check its name, format and encoding.",
  },
  "connectors.badPayload": {
    status: 400,
    means: "A signed webhook holds nothing that its preset can read.",
    remedy: "Compare the topic and the body with the manual.",
  },
  "connectors.backlogOverflow": {
    status: 503,
    means:
      "A destination was away for so long that its backlog passed the limit; the oldest events became dead letters.",
    remedy: "Repair the destination, then replay its dead letters.",
  },
  "connectors.undeliverable": {
    status: 502,
    means: "A destination refused an event three times.",
    remedy: "Correct the destination or the mapping, then replay the dead letter.",
  },
} as const satisfies Record<string, ErrorEntry>;
