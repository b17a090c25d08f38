// Where the values of a JSON text stand, for whoever is told what is wrong with one of them. Of text that was read already.

export interface JsonPlace {
  /** Both from 1. */
  readonly line: number
  readonly column: number
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

interface Open {
  readonly path: string
  readonly isList: boolean
  index: number
  key: string | undefined
}

/** By path: `actions[0].play`; the whole text is ``. A member stands where its name does. */
export function jsonPlaces(text: string): ReadonlyMap<string, JsonPlace> {
  const places = new Map<string, JsonPlace>()
  const open: Open[] = []
  let line = 1
  let lineStart = 0
  let seen = 0
  for (const { 0: token, index } of text.matchAll(tokens)) {
    for (let next = text.indexOf('\n', seen); next >= 0 && next < index; next = text.indexOf('\n', seen)) {
      line += 1
      lineStart = seen = next + 1
    }
    const place = { line, column: index - lineStart + 1 }
    const within = open.at(-1)
    if (token === '}' || token === ']') open.pop()
    else if (token === ',') {
      if (within?.isList) within.index += 1
      else if (within) within.key = undefined
    } else if (token !== ':') {
      if (within && !within.isList && within.key === undefined) {
        within.key = nameOf(token)
        places.set(pathIn(within), place)
        continue
      }
      const path = within ? pathIn(within) : ''
      if (!places.has(path)) places.set(path, place)
      if (token === '{' || token === '[') open.push({ path, isList: token === '[', index: 0, key: undefined })
    }
  }
  return places
}

/** Of the value itself, or of the nearest that is there and holds it. */
export function placeOf(places: ReadonlyMap<string, JsonPlace>, path: string): JsonPlace {
  for (let at = path; at !== ''; at = at.replace(/(?:^|\.)[^.[\]]*$|\[\d+\]$/, '')) {
    const place = places.get(at)
    if (place) return place
    if (!/[.[]/.test(at)) break
  }
  return places.get('') ?? { line: 1, column: 1 }
}

const pathIn = ({ path, isList, index, key = '' }: Open): string =>
  isList ? `${path}[${index}]` : path === '' ? key : `${path}.${key}`

function nameOf(token: string): string {
  try {
    return String(JSON.parse(token))
  } catch {
    return token
  }
}
