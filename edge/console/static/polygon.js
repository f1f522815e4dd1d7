// Polygons in shares of the picture: the same questions that the configuration's check asks.

/** Return a share that the file can hold: inside the picture, to a ten-thousandth. */
export const share = (value) => Math.round(Math.min(Math.max(value, 0), 1) * 1e4) / 1e4;

const side = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
const between = (a, b, c) => Math.min(a[0], b[0]) <= c[0] && c[0] <= Math.max(a[0], b[0])
  && Math.min(a[1], b[1]) <= c[1] && c[1] <= Math.max(a[1], b[1]);

function meet([a, b], [c, d]) {
  const [s1, s2, s3, s4] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (s1 * s2 < 0 && s3 * s4 < 0) return true;
  return (s1 === 0 && between(a, b, c)) || (s2 === 0 && between(a, b, d))
    || (s3 === 0 && between(c, d, a)) || (s4 === 0 && between(c, d, b));
}

function foldsBack(a, b, c) {
  return side(a, b, c) === 0 && (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) < 0;
}

/** Return whether two edges meet elsewhere than at their common corner. */
export function crossesItself(polygon) {
  if (new Set(polygon.map(String)).size !== polygon.length) return true;
  const edges = polygon.map((corner, at) => [corner, polygon[(at + 1) % polygon.length]]);
  return edges.some((one, first) => {
    if (foldsBack(edges.at(first - 1)[0], one[0], one[1])) return true;
    const last = edges.length - (first === 0 ? 1 : 0);
    return edges.slice(first + 2, last).some((other) => meet(one, other));
  });
}

/** Return the area as a share of the picture. */
export function area(polygon) {
  let total = 0;
  polygon.forEach(([x1, y1], at) => {
    const [x2, y2] = polygon[(at + 1) % polygon.length];
    total += x1 * y2 - x2 * y1;
  });
  return Math.abs(total) / 2;
}

/** Return what is wrong with a polygon as the end of a text's key; undefined if nothing is. */
export function fault(polygon) {
  if (polygon.length < 3) return "too_few";
  if (crossesItself(polygon)) return "crossing";
  return area(polygon) < 1e-4 ? "too_small" : undefined;
}

/** Return a polygon moved as far as the picture allows. */
export function moved(polygon, dx, dy) {
  const [xs, ys] = [polygon.map(([x]) => x), polygon.map(([, y]) => y)];
  const x = Math.min(Math.max(dx, -Math.min(...xs)), 1 - Math.max(...xs));
  const y = Math.min(Math.max(dy, -Math.min(...ys)), 1 - Math.max(...ys));
  return polygon.map((corner) => [share(corner[0] + x), share(corner[1] + y)]);
}

/** Return the middle between a corner and the next one. */
export function middle(polygon, at) {
  const [a, b] = [polygon[at], polygon[(at + 1) % polygon.length]];
  return [share((a[0] + b[0]) / 2), share((a[1] + b[1]) / 2)];
}
