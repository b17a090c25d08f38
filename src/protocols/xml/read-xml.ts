// Reads XML 1.0 that somebody else wrote into plain data with lines and columns: strictly well-formed, without a document type,
// so that there are no entities but the five and no files but the one given. Namespaces are not told apart, comments and
// processing instructions are passed over. Knows no vocabulary and no schema.

export interface XmlElement {
  /** Without a prefix. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Of its start tag, both from 1. */
  readonly line: number
  readonly column: number
  /** What stands directly in it, in order, its elements left out. */
  readonly text: string
  readonly elements: readonly XmlElement[]
}

export class XmlFault extends Error {
  readonly line: number | undefined
  readonly column: number | undefined

  constructor(message: string, line?: number, column?: number) {
    super(message)
    this.name = 'XmlFault'
    this.line = line
    this.column = column
  }
}

const elementsAtMost = 1000
const depthAtMost = 20
const faultChars = 200

/** What it declares of the encoding is about bytes, and these are characters. */
const declaration = /^\uFEFF?\s*<\?xml\s[^>]*\?>/

/** What may stand before the root element but a document type. */
const prolog = /^\uFEFF?(?:\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->)*/

/** What is no start tag though it has `<`, and start tags with their attributes. */
const tags = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<\/|<(?:[^<>"']|"[^"]*"|'[^']*')*>/g

/** Where each start tag begins, in the order of the document: the parser tells no columns. */
function* startTags(text: string): Generator<number, undefined> {
  for (const { 0: found, index } of text.matchAll(tags))
    if (!/^<[!?/]/.test(found)) yield index - text.lastIndexOf('\n', index - 1)
  return undefined
}

/** Compiling it takes a while: only who reads XML waits for it, and once. */
const load = () => import('libxml2-wasm')
let library: ReturnType<typeof load> | undefined

/** Throws an XmlFault. */
export async function readXml(text: string): Promise<XmlElement> {
  if (text.trim() === '') throw new XmlFault('there is nothing in it', 1, 1)
  const before = prolog.exec(text)![0]
  if (text.startsWith('<!', before.length)) throw new XmlFault('a document type is not taken', before.split('\n').length)
  library ??= load()
  const { ParseOption, XmlCData, XmlDocument, XmlElement: Element, XmlLibError, XmlText } = await library
  type Node = InstanceType<typeof Element>

  let count = 0
  const columns = startTags(text)
  function read(node: Node, depth: number): XmlElement {
    count += 1
    const column = columns.next().value ?? 1
    if (count > elementsAtMost) throw new XmlFault(`there are more than ${elementsAtMost} elements`, node.line, column)
    if (depth > depthAtMost) throw new XmlFault(`elements stand more than ${depthAtMost} deep`, node.line, column)
    const elements: XmlElement[] = []
    let own = ''
    for (let child = node.firstChild; child; child = child.next) {
      if (child instanceof Element) elements.push(read(child, depth + 1))
      else if (child instanceof XmlText || child instanceof XmlCData) own += child.content
    }
    const attributes = Object.fromEntries(node.attrs.map((attribute) => [attribute.name, attribute.content]))
    return { name: node.name, attributes, line: node.line, column, text: own, elements }
  }

  const option = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE
  let document
  try {
    // Blanks in its place, so that lines keep their numbers.
    document = XmlDocument.fromString(
      text.replace(declaration, (all) => all.replaceAll(/[^\n]/g, ' ')),
      { option },
    )
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error
    const [detail] = error.details
    const message = (detail?.message ?? error.message).trim().slice(0, faultChars)
    throw new XmlFault(message, detail?.line, detail?.col)
  }
  try {
    return read(document.root, 1)
  } finally {
    document.dispose()
  }
}
