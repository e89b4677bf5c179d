/** Numbers and names as a person reads them. */

/**
 * @param {number} value
 * @param {number} [digits]
 * @returns {string}
 */
export function brief(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return String(Number(value.toPrecision(digits)));
}

/**
 * @param {number} count
 * @returns {string}
 */
export function whole(count) {
  return count.toLocaleString("en");
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 * @returns {string}
 */
export function counted(count, one, many = `${one}s`) {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

/**
 * @param {number} bytes
 * @returns {string}
 */
export function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let rank = 0;
  let value = bytes;
  while (value >= 1000 && rank < units.length - 1) {
    value /= 1000;
    rank += 1;
  }
  return `${Number(value.toPrecision(3))} ${units[rank]}`;
}

/**
 * A length in the unit that suits it.
 *
 * @param {number} nm
 * @returns {string}
 */
export function length(nm) {
  if (nm < 0.1) return `${brief(nm * 1000, 4)} pm`;
  if (nm < 1000) return `${brief(nm, 4)} nm`;
  return `${brief(nm / 1000, 4)} µm`;
}

/**
 * @param {number} seconds
 * @returns {string}
 */
export function duration(seconds) {
  const all = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(all / 60);
  return minutes ? `${minutes} min ${String(all % 60).padStart(2, "0")} s` : `${all} s`;
}

const UNITS = { px: "px", nm: "nm", deg: "°", px2: "px²", nm2: "nm²", px3: "px³", nm3: "nm³" };

/**
 * The name of an option or of a column, as words; components such as e_xx keep theirs.
 *
 * @param {string} name
 * @returns {string}
 */
export function words(name) {
  const [, stem, unit] = /** @type {RegExpExecArray} */ (/^(.*?)(?:_(px[23]?|nm[23]?|deg))?$/.exec(name));
  const text = /^(sigma_)?e_/.test(stem) ? stem.replace("sigma_", "sigma ") : stem.replaceAll("_", " ");
  const told = /^(snr|gpa)$/.test(text) ? text.toUpperCase() : /^[a-z]{2}/.test(text) ? capital(text) : text;
  return unit ? `${told} [${UNITS[/** @type {keyof typeof UNITS} */ (unit)]}]` : told;
}

/** @param {string} text */
export function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/**
 * The sentence of a command without the name of the file, with which it begins; of a film, with the
 * number of the frame, counted from one as below the image.
 *
 * @param {string} sentence
 * @returns {string}
 */
export function withoutName(sentence) {
  const [, frame] = /^.{0,200}?\.frame(\d+): /.exec(sentence) ?? [];
  const text = capital(sentence.replace(/^.{1,200}?: /, ""));
  return frame === undefined ? text : `Frame ${Number(frame) + 1}: ${text}`;
}
