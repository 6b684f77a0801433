// Functions that the value models need and JavaScript lacks. Accuracy is near 1e-14 relative in the ranges that occur; the tests
// compare with published digits and with slower sums.

const halfLogTwoPi = 0.9189385332046728;
/** From here on eight terms of Stirling's series are exact to the last digits. */
const stirlingFrom = 10;

/** Natural logarithm of the gamma function. @param x above 0 */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  for (; shifted < stirlingFrom; shifted += 1) product *= shifted;
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 -
      square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - (square * 691) / 360_360)))));
  return (shifted - 0.5) * Math.log(shifted) - shifted + halfLogTwoPi + series - Math.log(product);
}

/** Derivative of `logGamma`. @param x above 0 */
export function digamma(x: number): number {
  let shifted = x;
  let sum = 0;
  for (; shifted < stirlingFrom; shifted += 1) sum -= 1 / shifted;
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series =
    square *
    (1 / 12 -
      square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square * (1 / 132 - (square * 691) / 32_760)))));
  return sum + Math.log(shifted) - 0.5 * inverse - series;
}

// Positive half of the nodes and weights of Gauss-Legendre quadrature with 10 points on [-1, 1].
const nodes: readonly (readonly [node: number, weight: number])[] = [
  [0.1488743389816312, 0.2955242247147529],
  [0.4333953941292472, 0.2692667193099964],
  [0.6794095682990244, 0.219086362515982],
  [0.8650633666884845, 0.1494513491505806],
  [0.9739065285171717, 0.0666713443086881],
];

/** Calls `add` with the points and weights that integrate a smooth function over an interval. */
export function quadrature(from: number, to: number, add: (point: number, weight: number) => void): void {
  const [middle, half] = [(from + to) / 2, (to - from) / 2];
  for (const [node, weight] of nodes) {
    add(middle - half * node, half * weight);
    add(middle + half * node, half * weight);
  }
}
