import type { FastifyRequest } from "fastify";
import { type Answer, toAnswer } from "./answer.ts";
import { readConsent } from "./consent.ts";
import { type HandleDeps, identify } from "./handle-events.ts";
import type { EdgeCall } from "./read-call.ts";
import { consentOf } from "./state.ts";
import { type Caller, readUnits, storeUnits } from "./take-events.ts";
import { objectOf } from "./values.ts";
import type { XdmUnit } from "./xdm/unit.ts";

/** identity/acquire: who this browser is. */
export function acquireIdentity(call: EdgeCall, deps: HandleDeps): Answer {
  const { body } = call;
  const map = objectOf(body["xdm"])["identityMap"] ?? body["identityMap"];
  const isOut = consentOf(call.state, call.orgs) === "out";
  const identity = identify(call, [], map, deps, !isOut);
  return toAnswer({ call, identity, nowMs: deps.clock.now(), ...(isOut ? { consent: "out", isSilent: true } : {}) });
}

/**
 * set-consent: the decision goes to the browser as its consent entry, and to the profile as a `consentUpdated` event.
 *
 * @throws {ClienteleError} `adobe.consentStandard`, `adobe.consentValue`, `adobe.consentText`, `collect.busy`
 */
export async function setConsent(request: FastifyRequest, call: EdgeCall, deps: HandleDeps): Promise<Answer> {
  const { body } = call;
  const decision = readConsent(body["consent"]);
  const map = body["identityMap"] ?? objectOf(body["xdm"])["identityMap"];
  const identity = identify(call, [], map, deps, true);
  const caller: Caller = { request, call, identity, provenCustomerId: null };
  const unit: XdmUnit = {
    xdm: { eventType: "consentUpdated", identityMap: map ?? {} },
    data: { consent: body["consent"] },
    index: 0,
    consent: decision.categories,
    isBrowser: true,
    ...(identity.ecid === undefined ? {} : { ecid: identity.ecid }),
    ...(call.clientRequestId === undefined ? {} : { messageId: `${call.clientRequestId}:consent` }),
  };
  const errors = await storeUnits(caller, readUnits(caller, [{ unit, eventIndex: 0 }], deps), deps);
  const general = decision.general ?? consentOf(call.state, call.orgs) ?? "in";
  deps.consents.remember(identity.ecid, general);
  return toAnswer({ call, identity, nowMs: deps.clock.now(), consent: general, errors });
}
