/** Why a budget is missed and what was tried, by the name of the figure; shown in RESULTS.md while it is missed. */
const mainThread =
  "the HTTP role and the processor share one thread: about 36 µs of it an event in batches, 80–90 µs of all threads together, of which a quarter is the embedded PostgreSQL. Taken out so far: profile states as one JSON document instead of an escaped array (half the cost of a write), message ids without `on conflict` (a third), one-shot hashes, plain JSON for small commit groups, claims at most every 100 ms and exports every second under load, a larger young generation. What is left is spread evenly: garbage collection 12 %, JSON.parse, folding, JSON for the event store, HTTP. Next: several processor processes on a PostgreSQL server, which the claims allow already.";
const shared =
  "An absolute figure: it needs the two cores for itself, and the load average above says how many programs shared them; compare the ratio.";

export const missedNotes: Readonly<Record<string, string>> = {
  "ingest.batches.accepted": `${shared} In one process ${mainThread}`,
  "ingest.batches.p99": `offered more than the machine could take at its load, requests wait in line and count from when they were due. ${shared}`,
  "ingest.batches.caught up": `follows from a rate above what the machine could take at its load. ${shared}`,
  "ingest.batches.memory":
    "650 MB are there at the start (chDB and its code 300 MB, PGlite's shared buffers 154 MB); the rest are 50,000 cached profiles, events between commit and export, and the young generations of two threads. A smaller profile cache or young generation lowers it at the cost of reads and processor time.",
  "ingest.batches.sustained": mainThread,
  "ingest.single":
    "each event of a single-event load belongs to another visitor, so each one writes a whole profile, 80–120 µs of the embedded PostgreSQL, beside 90–130 µs of HTTP and processing. Tried: larger commit groups by a pause of 2 ms between commits, without a difference.",
  "decide.p99": `half of the visitors are not in memory and cost one read of the embedded PostgreSQL, which takes one statement at a time. ${shared}`,
  "decide.most": `half of the visitors are not in memory and cost one read of the embedded PostgreSQL, which takes one statement at a time; the answers log five exposures each. ${shared}`,
  "start.warm": `Node itself, the modules, the engines and the capabilities follow each other on one thread; the parts are in the table. ${shared}`,
};
