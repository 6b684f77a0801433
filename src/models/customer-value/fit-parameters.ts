import { type Evaluation, minimise, minimiseFrom } from "./minimise.ts";

/** What a maximum likelihood fit found. */
export type Fit<Parameters> = {
  readonly parameters: Parameters;
  /** Natural logarithm, at the parameters. */
  readonly logLikelihood: number;
  readonly converged: boolean;
  readonly iterations: number;
};

/** Log-likelihood with its derivative by each parameter, in the order of the parameters. */
export type Likelihood = { readonly value: number; readonly gradient: readonly number[] };

/** e^±12: beyond that a parameter says "none" or "all", and the likelihood is flat. */
const bound = 12;

/** Enough customers to tell the starts from each other. */
const scoutSize = 10_000;

/** Deterministic subset of at most so many: every k-th. */
export function thin<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.ceil(all.length / most);
  return step <= 1 ? all : all.filter((_, index) => index % step === 0);
}

/**
 * Maximum likelihood over the logarithms of positive parameters. Several starts are tried on a part of the customers, and the best
 * goes on with all of them.
 *
 * @param likelihood of some of the data at the parameters
 * @param sizeOf number of customers in some of the data: the search looks at the mean, so that its tolerances fit any number
 */
export function fitLogarithms<Datum>(
  likelihood: (parameters: readonly number[], data: readonly Datum[]) => Likelihood,
  data: readonly Datum[],
  starts: readonly (readonly number[])[],
  sizeOf: (data: readonly Datum[]) => number,
): Fit<readonly number[]> {
  const objectiveOf = (part: readonly Datum[]) => {
    const size = sizeOf(part);
    return (logarithms: readonly number[]): Evaluation => {
      const parameters = logarithms.map(Math.exp);
      const { value, gradient } = likelihood(parameters, part);
      // A ridge that runs off to infinity ends in a slope instead of an overflow.
      const beyond = logarithms.map((each) => Math.sign(each) * Math.max(0, Math.abs(each) - bound));
      return {
        value: -value / size + beyond.reduce((sum, each) => sum + each * each, 0),
        gradient: gradient.map((each, i) => (-each * (parameters[i] ?? 0)) / size + 2 * (beyond[i] ?? 0)),
      };
    };
  };
  const scouts = thin(data, scoutSize);
  const scouted = minimiseFrom(
    objectiveOf(scouts),
    starts.map((start) => start.map(Math.log)),
  );
  const { point, converged, iterations } =
    scouts.length === data.length ? scouted : minimise(objectiveOf(data), scouted.point);
  const parameters = point.map(Math.exp);
  return { parameters, logLikelihood: likelihood(parameters, data).value, converged, iterations };
}
