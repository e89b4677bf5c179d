/** The part of the image that is in view, and the way between its pixels and the screen's. */

const LARGEST_PIXEL = 256; // CSS pixels on screen of one image pixel
const SMALLEST_IMAGE = 16; // CSS pixels on screen of the whole image

/**
 * Screen positions are CSS pixels from the top left corner of the stage, image positions (y, x) in
 * pixels. Every layer draws with this: `screen = image * zoom + offset`, along each axis.
 */
export class View {
  constructor() {
    /** CSS pixels. */
    this.width = 1;
    this.height = 1;
    /** Device pixels per CSS pixel. */
    this.ratio = 1;
    /** @type {[number, number]} Rows and columns of the image. */
    this.shape = [1, 1];
    /** Height of an image pixel over its width, when they are not square. */
    this.aspect = 1;
    /** @type {[number, number]} The image position in the middle of the screen. */
    this.centre = [0, 0];
    /** CSS pixels per image pixel along x. */
    this.zoom = 1;
  }

  get zoomX() {
    return this.zoom;
  }

  get zoomY() {
    return this.zoom * this.aspect;
  }

  get offsetX() {
    return this.width / 2 - this.centre[1] * this.zoomX;
  }

  get offsetY() {
    return this.height / 2 - this.centre[0] * this.zoomY;
  }

  /**
   * @param {number} y
   * @param {number} x
   * @returns {[number, number]} (y, x) on screen.
   */
  toScreen(y, x) {
    return [y * this.zoomY + this.offsetY, x * this.zoomX + this.offsetX];
  }

  /**
   * @param {number} y  On screen.
   * @param {number} x  On screen.
   * @returns {[number, number]} (y, x) in the image.
   */
  toImage(y, x) {
    return [(y - this.offsetY) / this.zoomY, (x - this.offsetX) / this.zoomX];
  }

  /** @returns {{y0: number, x0: number, y1: number, x1: number}} What is in view, in the image. */
  bounds() {
    const [y0, x0] = this.toImage(0, 0);
    const [y1, x1] = this.toImage(this.height, this.width);
    return { y0, x0, y1, x1 };
  }

  /** The zoom at which the whole image is just in view. */
  get fitting() {
    return Math.min(this.width / this.shape[1], this.height / (this.shape[0] * this.aspect));
  }

  /** Whether the whole image is in view as `fit` puts it. */
  get fits() {
    const middle = this.#middle();
    return (
      Math.abs(this.zoom / this.fitting - 1) < 1e-9 &&
      this.centre[0] === middle[0] &&
      this.centre[1] === middle[1]
    );
  }

  fit() {
    this.centre = this.#middle();
    this.zoom = this.fitting;
  }

  /**
   * @param {number} dy  CSS pixels that the image moves down.
   * @param {number} dx
   */
  pan(dy, dx) {
    this.moveTo(this.centre[0] - dy / this.zoomY, this.centre[1] - dx / this.zoomX);
  }

  /**
   * Puts an image position in the middle, or the nearest that is still within the image.
   *
   * @param {number} y
   * @param {number} x
   */
  moveTo(y, x) {
    this.centre = [within(y, -0.5, this.shape[0] - 0.5), within(x, -0.5, this.shape[1] - 0.5)];
  }

  /**
   * Zooms so that the image position under a point of the screen stays there.
   *
   * @param {number} zoom
   * @param {number} [y]  On screen, the middle unless given.
   * @param {number} [x]
   */
  zoomTo(zoom, y = this.height / 2, x = this.width / 2) {
    const [imageY, imageX] = this.toImage(y, x);
    this.zoom = within(zoom, this.#smallestZoom(), LARGEST_PIXEL);
    this.moveTo(
      imageY - (y - this.height / 2) / this.zoomY,
      imageX - (x - this.width / 2) / this.zoomX,
    );
  }

  /**
   * @param {number} width  CSS pixels.
   * @param {number} height
   * @param {number} ratio  Device pixels per CSS pixel.
   */
  resize(width, height, ratio) {
    const fitted = this.fits;
    Object.assign(this, { width: Math.max(width, 1), height: Math.max(height, 1), ratio });
    if (fitted) this.fit();
  }

  /**
   * @param {[number, number]} shape
   * @param {number} aspect
   */
  setImage(shape, aspect) {
    this.shape = shape;
    this.aspect = aspect;
    this.fit();
  }

  /** @returns {[number, number]} */
  #middle() {
    return [(this.shape[0] - 1) / 2, (this.shape[1] - 1) / 2];
  }

  #smallestZoom() {
    const longest = Math.max(this.shape[1], this.shape[0] * this.aspect);
    return Math.min(this.fitting, SMALLEST_IMAGE / longest);
  }
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function within(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
