// Positions in code: VS Code counts UTF-16 units, the messages to kernels count Unicode code points.
// Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html#cursor-pos-and-unicode-offsets

/** The position in code points of `offset`, which is in UTF-16 units; within a pair of them it is that of the pair. */
export function toCodePoints(code: string, offset: number): number {
  let units = 0;
  let points = 0;
  for (const point of code) {
    units += point.length;
    if (units > offset) break;
    points += 1;
  }
  return points;
}

/** The position in UTF-16 units of `points`, which is in code points; the end of the code where that is past it. */
export function toUnits(code: string, points: number): number {
  return unitsIn(code)(points);
}

/** As `toUnits`, for many positions in the same code, which is gone through once. */
export function unitsIn(code: string): (points: number) => number {
  const starts: number[] = [];
  let units = 0;
  for (const point of code) {
    starts.push(units);
    units += point.length;
  }
  return (points) => (points <= 0 ? 0 : (starts[Math.ceil(points)] ?? code.length));
}
