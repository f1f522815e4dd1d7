// A camera's picture: it is only made while somebody asks, so the first answer may be "not yet".
const AGAIN_MS = 1200;
const TRIES = 8;

/** Show what is at `address` in `image`; `there(shown)` is told whether there is a picture. */
export function showStill(image, address, there) {
  let left = TRIES;
  const ask = () => { image.src = `${address}${address.includes("?") ? "&" : "?"}at=${Date.now()}`; };
  image.onload = () => there(true);
  image.onerror = () => {
    there(false);
    left -= 1;
    if (left > 0) setTimeout(ask, AGAIN_MS);
  };
  ask();
}
