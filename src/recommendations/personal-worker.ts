// Runs in a worker thread that does one job: thousands of products take minutes, and requests must not wait for it.
import { parentPort } from "node:worker_threads";
import { buffersOf, type LearnJob, learnPersonal } from "./learn-personal.ts";

parentPort?.once("message", (job: LearnJob) => {
  const learned = learnPersonal(job);
  parentPort?.postMessage(learned, [...buffersOf(learned)]);
});
