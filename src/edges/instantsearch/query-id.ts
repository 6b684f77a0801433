/** Our ids of decisions are UUIDs; the ids of searches in this protocol are 32 hexadecimal digits. */
export function toQueryId(decisionId: string): string {
  return decisionId.replaceAll("-", "");
}

/** The id of the decision behind an id of a search; any other text stays as it is. */
export function fromQueryId(queryId: string): string {
  const match = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i.exec(queryId);
  return match ? match.slice(1).join("-").toLowerCase() : queryId;
}
