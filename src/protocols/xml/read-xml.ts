// Reads XML 1.0 that somebody else wrote into plain data with line numbers: strictly well-formed, without a document type,
// so that there are no entities but the five and no files but the one given. Namespaces are not told apart, comments and
// processing instructions are passed over. Knows no vocabulary and no schema.

export interface XmlElement {
  /** Without a prefix. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Of its start tag, from 1. */
  readonly line: number
  /** What stands directly in it, in order, its elements left out. */
  readonly text: string
  readonly elements: readonly XmlElement[]
}

export class XmlFault extends Error {
  readonly line: number | undefined

  constructor(message: string, line?: number) {
    super(message)
    this.name = 'XmlFault'
    this.line = line
  }
}

const elementsAtMost = 1000
const depthAtMost = 20
const faultChars = 200

/** What it declares of the encoding is about bytes, and these are characters. */
const declaration = /^\uFEFF?\s*<\?xml\s[^>]*\?>/

/** What may stand before the root element but a document type. */
const prolog = /^\uFEFF?(?:\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->)*/

/** Throws an XmlFault. */
export async function readXml(text: string): Promise<XmlElement> {
  const before = prolog.exec(text)![0]
  if (text.startsWith('<!', before.length)) throw new XmlFault('a document type is not taken', before.split('\n').length)
  // Compiling it takes a while: only who reads XML waits for it.
  const { ParseOption, XmlCData, XmlDocument, XmlElement: Element, XmlLibError, XmlText } = await import('libxml2-wasm')
  type Node = InstanceType<typeof Element>

  let count = 0
  function read(node: Node, depth: number): XmlElement {
    count += 1
    if (count > elementsAtMost) throw new XmlFault(`there are more than ${elementsAtMost} elements`, node.line)
    if (depth > depthAtMost) throw new XmlFault(`elements stand more than ${depthAtMost} deep`, node.line)
    const elements: XmlElement[] = []
    let own = ''
    for (let child = node.firstChild; child; child = child.next) {
      if (child instanceof Element) elements.push(read(child, depth + 1))
      else if (child instanceof XmlText || child instanceof XmlCData) own += child.content
    }
    const attributes = Object.fromEntries(node.attrs.map((attribute) => [attribute.name, attribute.content]))
    return { name: node.name, attributes, line: node.line, text: own, elements }
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
    throw new XmlFault(message, detail?.line)
  }
  try {
    return read(document.root, 1)
  } finally {
    document.dispose()
  }
}
