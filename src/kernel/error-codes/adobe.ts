import type { ErrorEntry } from "../errors.ts";

export const adobeErrors = {
  "adobe.datastream": {
    status: 400,
    means: "The datastream id (configId) of an Adobe client is no write key of this deployment.",
    remedy: "Configure a write key as datastreamId of the client.",
  },
  "adobe.notAuthenticated": {
    status: 401,
    means: "A call of Adobe's server API came without a valid token.",
    remedy: "Send Authorization: Bearer with a token that has the scope edit, or the key of a server source.",
  },
  "adobe.requestShape": {
    status: 400,
    means: "The body has not the form of the Edge protocol.",
    remedy: "Send {events: [{xdm}]}, or {event: {xdm}} to /ee/v2/interact.",
  },
  "adobe.ecid": {
    status: 400,
    means: "An ECID in an identityMap is not 38 decimal digits.",
    remedy: "Send the ECID that identity:result returned, or none.",
  },
  "adobe.primaryIdentity": {
    status: 400,
    means: "An event of the server API has not exactly one primary identity.",
    remedy: "Mark one entry of its identityMap with primary: true.",
  },
  "adobe.consentStandard": {
    status: 400,
    means: "The consent standard or its version is unknown, or its value has not the form of that standard.",
    remedy: "Send Adobe 1.0 with general in or out, Adobe 2.0, or IAB TCF 2.0.",
  },
  "adobe.consentValue": {
    status: 400,
    means: "A consent entry has no value.",
    remedy: "Send standard, version and value.",
  },
  "adobe.consentText": {
    status: 422,
    means: "The value of a consent entry cannot be read.",
    remedy: "Send the complete TC string.",
  },
} as const satisfies Record<string, ErrorEntry>;
