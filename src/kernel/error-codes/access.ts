import type { ErrorEntry } from "../errors.ts";

export const accessErrors = {
  "access.unauthorized": {
    status: 401,
    means: "The key, token or session is missing, unknown or revoked.",
    remedy: "Send a valid write key or token.",
  },
  "access.forbidden": {
    status: 403,
    means: "The token or role lacks the scope that the route needs.",
    remedy: "Use a token that has the scope named in the message.",
  },
  "access.originNotAllowed": {
    status: 403,
    means: "The write key does not allow this origin.",
    remedy: "Add the origin to the key.",
  },
  "access.badCredentials": {
    status: 401,
    means: "E-mail or password is wrong.",
    remedy: "Try again, or have an administrator set a new password.",
  },
  "access.csrf": {
    status: 403,
    means: "A session request came without its CSRF header.",
    remedy: "Send the x-clientele-csrf header.",
  },
  "access.tooManyAttempts": {
    status: 429,
    means: "Too many failed sign-ins.",
    remedy: "Wait for Retry-After.",
  },
  "access.identityToken": {
    status: 401,
    means: "The identity token is malformed, expired, or not signed with a key of this source.",
    remedy: "Sign it on your server with the identity secret of the write key.",
  },
  "access.demoCredentials": {
    status: 500,
    means: "A well-known demo credential exists outside the demo.",
    remedy: "Revoke it with clientele keys revoke.",
  },
  "access.notFound": {
    status: 404,
    means: "No such key or user.",
    remedy: "List them first.",
  },
  "access.duplicate": {
    status: 409,
    means: "A key or user of that name exists.",
    remedy: "Choose another name.",
  },
  "access.lastAdministrator": {
    status: 409,
    means: "The last active administrator cannot be disabled or demoted.",
    remedy: "Make another administrator first.",
  },
} as const satisfies Record<string, ErrorEntry>;
