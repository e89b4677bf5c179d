/**
 * What the server says, as the page reads it.
 *
 * @typedef {"atoms" | "sem" | "tomo"} Wing
 *
 * @typedef {object} Option
 * @property {string} name
 * @property {string} flag
 * @property {"text" | "number" | "integer" | "switch" | "choice"} kind
 * @property {string[] | null} choices
 * @property {any} default
 * @property {string} meaning
 * @property {string[] | null} words  what each of the choices is called
 *
 * @typedef {object} Verb
 * @property {string} name
 * @property {Wing} wing
 * @property {string} summary
 * @property {"image" | "series" | "table"} takes
 * @property {Option[]} options
 *
 * @typedef {object} Signal
 * @property {number} index
 * @property {string} title
 * @property {string} kind
 * @property {number[]} shape
 * @property {string} dtype
 * @property {[number, number] | null} pixel_size  [nm]
 * @property {number[] | null} tilts  [degrees]
 * @property {[string, string][]} rows
 * @property {string | null} image
 *
 * @typedef {object} File
 * @property {string} id
 * @property {string} name
 * @property {number} bytes
 * @property {"reading" | "ready" | "refused"} state
 * @property {string | null} error
 * @property {Signal[]} signals
 *
 * @typedef {object} Layer
 * @property {string} image
 * @property {"image" | "result" | "trust" | "error" | "map"} role
 * @property {string} title
 * @property {string | null} unit
 * @property {[number, number]} scale  pixels of it per pixel of the input, along (y, x)
 * @property {[number, number]} origin  of its outer corner, in pixels of the input
 *
 * @typedef {object} Linked
 * @property {string} name
 * @property {string} url
 * @property {number} [bytes]
 *
 * @typedef {object} Result
 * @property {number} index
 * @property {string} file
 * @property {string} name
 * @property {string} sentence
 * @property {string[]} notes
 * @property {{shows: boolean, probability: number} | null} atomic
 * @property {number | null} threshold
 * @property {Layer[]} layers
 * @property {{rows: number, columns: string[]} | null} table
 * @property {Linked[]} pictures
 * @property {Linked[]} reports
 * @property {Linked[]} downloads
 * @property {Record<string, any>} numbers
 *
 * @typedef {"queued" | "running" | "done" | "failed" | "cancelled"} JobState
 *
 * @typedef {object} Item
 * @property {string} file
 * @property {JobState} state
 * @property {string | null} sentence
 * @property {string | null} error
 *
 * @typedef {object} Job
 * @property {string} id
 * @property {string} verb
 * @property {Wing} wing
 * @property {string[]} files
 * @property {{job: string, index: number, threshold: number | null, revision: number | null}[]} [tables]
 * @property {Record<string, any>} options
 * @property {string} command
 * @property {JobState} state
 * @property {number} done
 * @property {number} total
 * @property {string | null} stage
 * @property {string[]} lines
 * @property {string | null} error
 * @property {number | string | null} started
 * @property {number | string | null} ended
 * @property {Item[]} items
 * @property {Result[]} results
 *
 * @typedef {object} Table
 * @property {number} rows
 * @property {Record<string, Float64Array>} columns
 * @property {Record<string, string[]>} [words]  of columns whose numbers stand for words
 *
 * @typedef {{op: "add", y: number, x: number} | {op: "delete", row: number}
 *   | {op: "move", row: number, y: number, x: number}} Edit
 */

export {};
