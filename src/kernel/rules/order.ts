/** How an order (negative, 0, positive) satisfies a comparison. */
export function orderTest(op: string): ((order: number) => boolean) | undefined {
  switch (op) {
    case "eq":
      return (order) => order === 0;
    case "neq":
      return (order) => order !== 0;
    case "gt":
      return (order) => order > 0;
    case "gte":
      return (order) => order >= 0;
    case "lt":
      return (order) => order < 0;
    case "lte":
      return (order) => order <= 0;
    default:
      return undefined;
  }
}
