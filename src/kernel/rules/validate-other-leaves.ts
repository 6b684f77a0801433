/** Leaves over what other capabilities keep. */

import { checkCount, checkDuration, checkExists } from "./validate-value.ts";
import { checkWindow } from "./validate-window.ts";
import { checkKeys, checkPath, checkWord, fault, type Place, pointer, type Run } from "./validation.ts";

type LeafCheck = (run: Run, at: string, value: unknown, place: Place) => void;

function checkText(run: Run, at: string, value: unknown): void {
  if (value !== undefined && (typeof value !== "string" || value === "" || value.length > 1000)) {
    fault(run, at, "valueType", "text of 1 to 1000 characters is expected here");
  }
}

function checkNumber(run: Run, at: string, value: unknown, low: number, high: number, whole: boolean): void {
  if (value === undefined) return;
  const fits = typeof value === "number" && value >= low && value <= high && (!whole || Number.isInteger(value));
  if (!fits) fault(run, at, "valueType", `a number from ${low} to ${high} is expected here`);
}

const checkAudience: LeafCheck = (run, at, value) => {
  const leaf = checkKeys(run, at, value, { required: [], optional: ["id", "ids", "member", "for"] });
  if (!leaf) return;
  const { id, ids, member } = leaf;
  if ((id === undefined) === (ids === undefined)) fault(run, at, "missingKey", "write either id or ids");
  if (ids !== undefined && leaf["for"] !== undefined) {
    fault(run, pointer(at, "for"), "unknownKey", "for goes with a single id");
  }
  if (member !== undefined && typeof member !== "boolean") {
    fault(run, pointer(at, "member"), "valueType", "true or false is expected here");
  }
  checkDuration(run, pointer(at, "for"), leaf["for"]);
  checkExists(run, pointer(at, "id"), "audience", id);
  if (ids === undefined) return;
  if (!Array.isArray(ids) || ids.length === 0)
    fault(run, pointer(at, "ids"), "valueType", "a list of ids is expected here");
  else
    for (const [index, each] of ids.entries()) checkExists(run, pointer(pointer(at, "ids"), index), "audience", each);
};

const checkSubscription: LeafCheck = (run, at, value) => {
  const leaf = checkKeys(run, at, value, { required: ["group", "status"] });
  checkText(run, pointer(at, "group"), leaf?.["group"]);
  checkWord(run, pointer(at, "status"), leaf?.["status"], ["subscribed", "unsubscribed", "pending"]);
};

const checkConsent: LeafCheck = (run, at, value) => {
  const leaf = checkKeys(run, at, value, { required: ["category", "status"], optional: ["channel"] });
  checkText(run, pointer(at, "category"), leaf?.["category"]);
  checkText(run, pointer(at, "channel"), leaf?.["channel"]);
  checkWord(run, pointer(at, "status"), leaf?.["status"], ["granted", "denied", "unset"]);
};

const checkJourney: LeafCheck = (run, at, value) => {
  const leaf = checkKeys(run, at, value, { required: ["id", "state"], optional: ["within"] });
  checkExists(run, pointer(at, "id"), "journey", leaf?.["id"]);
  checkWord(run, pointer(at, "state"), leaf?.["state"], ["active", "completed", "exited", "never"]);
  checkDuration(run, pointer(at, "within"), leaf?.["within"]);
};

const messageEvents = ["sent", "delivered", "opened", "clicked", "bounced", "complained"];

const checkMessage: LeafCheck = (run, at, value) => {
  const optional = ["template", "journey", "channel", "count", "window"];
  const leaf = checkKeys(run, at, value, { required: ["event"], optional });
  if (!leaf) return;
  const named = ["template", "journey", "channel"].filter((key) => leaf[key] !== undefined);
  if (named.length !== 1) fault(run, at, "missingKey", "write one of template, journey, channel");
  for (const key of named) checkText(run, pointer(at, key), leaf[key]);
  checkWord(run, pointer(at, "event"), leaf["event"], messageEvents);
  if (leaf["count"] !== undefined) checkCount(run, pointer(at, "count"), leaf["count"]);
  if (leaf["window"] !== undefined) checkWindow(run, pointer(at, "window"), leaf["window"]);
};

const checkBucket: LeafCheck = (run, at, value) => {
  const leaf = checkKeys(run, at, value, { required: ["salt", "from", "to"] });
  checkText(run, pointer(at, "salt"), leaf?.["salt"]);
  checkNumber(run, pointer(at, "from"), leaf?.["from"], 0, 10_000, true);
  checkNumber(run, pointer(at, "to"), leaf?.["to"], 0, 10_000, true);
};

const checkList: LeafCheck = (run, at, value) => {
  const leaf = checkKeys(run, at, value, { required: ["id"] });
  checkExists(run, pointer(at, "id"), "list", leaf?.["id"]);
};

const checkGeo: LeafCheck = (run, at, value, place) => {
  const leaf = checkKeys(run, at, value, { required: ["path", "within"] });
  if (!leaf) return;
  const spec = checkPath(run, pointer(at, "path"), leaf["path"], place);
  if (spec && spec.type !== "point" && spec.type !== "json") {
    fault(run, pointer(at, "path"), "operatorNotAllowed", `${spec.label} is no place`);
  }
  const inner = pointer(at, "within");
  const within =
    leaf["within"] === undefined
      ? undefined
      : checkKeys(run, inner, leaf["within"], { required: ["lat", "lon", "km"] });
  checkNumber(run, pointer(inner, "lat"), within?.["lat"], -90, 90, false);
  checkNumber(run, pointer(inner, "lon"), within?.["lon"], -180, 180, false);
  checkNumber(run, pointer(inner, "km"), within?.["km"], 0, 20_100, false);
};

export const otherLeafChecks: Readonly<Record<string, LeafCheck>> = {
  audience: checkAudience,
  subscription: checkSubscription,
  consent: checkConsent,
  journey: checkJourney,
  message: checkMessage,
  bucket: checkBucket,
  list: checkList,
  geo: checkGeo,
};
