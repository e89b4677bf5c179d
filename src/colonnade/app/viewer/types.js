/**
 * The types that the viewer's modules share. Positions are (y, x) in pixels of the image shown,
 * the origin is the centre of its first pixel, and the image's edges lie at -0.5 and n - 0.5.
 */

/** @typedef {Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array} Pixels */

/**
 * @typedef {object} Level
 * @property {number} factor  Pixels of the original, along y and along x, in one pixel here.
 * @property {[number, number]} shape  Rows and columns.
 */

/**
 * What can be seen along one axis of an image (only "z"), stack or volume ("z", "y", "x").
 *
 * @typedef {object} Axis
 * @property {number} planes
 * @property {[number, number]} shape  Rows and columns of every plane.
 * @property {Level[]} levels  The original first, the coarsest last.
 * @property {[number, number] | null} pixel_size  Along rows' and columns' direction (y, x) in nm.
 */

/**
 * @typedef {object} Manifest
 * @property {Record<string, Axis>} axes
 * @property {string} dtype
 * @property {number} tile  Rows and columns of a tile that is not at the edge.
 * @property {number | null} minimum  Null where no pixel has a value.
 * @property {number | null} maximum
 * @property {number} low  Grey level that is drawn black unless somebody says otherwise.
 * @property {number} high  Grey level that is drawn white.
 * @property {{first: number, last: number, counts: number[]}} histogram
 * @property {[number, number, number] | null} [voxel_size]  (z, y, x) in nm.
 * @property {number[] | null} [tilts]  Degrees: of the planes of a series, or of the views behind a volume.
 */

/**
 * @typedef {object} Tile
 * @property {Pixels} data  Row after row.
 * @property {[number, number]} shape  Rows and columns.
 */

/**
 * Where pixels come from.
 *
 * @typedef {object} Source
 * @property {Manifest} manifest
 * @property {(axis: string, plane: number, level: number, row: number, col: number, signal: AbortSignal) => Promise<Tile>} tile
 */

/**
 * How grey levels are shown.
 *
 * @typedef {object} Contrast
 * @property {number} low
 * @property {number} high
 * @property {number} gamma
 * @property {boolean} invert
 */

/**
 * Where the pixels of another image lie on the one shown: its corner pixel's outer corner lies at
 * `origin` from the outer corner of the image, and one pixel of the image holds `scale` of its.
 *
 * @typedef {object} Placement
 * @property {[number, number]} scale
 * @property {[number, number]} origin  In pixels of the image shown.
 */

/**
 * What a pointer does over the image. "down" that a layer takes gives it every "move" until "up" or
 * "cancel"; "click" is a press and release in place that nobody took.
 *
 * @typedef {object} Pointer
 * @property {"down" | "move" | "up" | "cancel" | "hover" | "leave" | "click" | "double"} type
 * @property {number} x  CSS pixels from the left of the stage.
 * @property {number} y  CSS pixels from its top.
 * @property {[number, number]} at  The position in the image.
 * @property {boolean} dragged  Whether it moved since "down".
 * @property {boolean} shift
 * @property {boolean} ctrl  Control, or Command on a Mac.
 * @property {boolean} alt
 */

/**
 * Something drawn over the image that may answer keys and pointers. A `key` or `pointer` that
 * returns true keeps the event from others. `keys` lists what the help shows.
 *
 * @typedef {object} Layer
 * @property {(context: CanvasRenderingContext2D, view: import("./view.js").View) => void} draw
 * @property {((event: KeyboardEvent, view: import("./view.js").View) => boolean)} [key]
 * @property {((event: Pointer, view: import("./view.js").View) => boolean)} [pointer]
 * @property {[string, string][]} [keys]  Key and what it does.
 * @property {() => void} destroy
 */

/**
 * What a layer is given of the viewer it is in.
 *
 * @typedef {object} Host
 * @property {import("./view.js").View} view  The view of the main plane.
 * @property {HTMLElement} stage  What lies over the image; positioned elements may be put here.
 * @property {() => void} redraw  Draw the layers again in the next frame.
 * @property {(y: number, x: number) => void} reveal  Move the view to a position that is out of sight.
 * @property {(type: string, detail: object | null) => void} emit  Tell who listens with `viewer.on`.
 * @property {(text: string) => void} announce  Tell a screen reader.
 * @property {(label: string) => HTMLElement} toolbarGroup  A new named group of buttons.
 * @property {(title: string) => HTMLElement} panel  A new side panel, hidden until `hidden` is false.
 * @property {() => Source | null} source  The image shown.
 * @property {() => {axis: string, plane: number}} where  The plane shown.
 * @property {(y: number, x: number) => Promise<number | null>} value  The original grey level of a pixel.
 */

export {};
