// Methods and paths to routes, on find-my-way. Path parameters in braces; an unknown path and a wrong method are told apart. A slash at
// the end of a path is let pass.

import FindMyWay from 'find-my-way'
import { decodeSegment } from './query.ts'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof methods)[number]

export class RouteTable<R extends object> {
  readonly #router = FindMyWay({ ignoreTrailingSlash: true, maxParamLength: 500 })

  add(method: Method, path: string, route: R): void {
    this.#router.on(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), () => undefined, route)
  }

  /** `path` as it came, still percent-encoded; a segment that does not decode finds nothing. */
  find(method: string, path: string): { route: R; params: Record<string, string> } | undefined {
    if (!(methods as readonly string[]).includes(method)) return undefined
    const found = this.#router.find(method as Method, path)
    if (!found) return undefined
    const params: Record<string, string> = {}
    for (const [name, value] of Object.entries(found.params)) if (value !== undefined) params[name] = decodeSegment(value)
    return { route: found.store as R, params }
  }

  /** The methods that the path takes. */
  methods(path: string): Method[] {
    return methods.filter((method) => this.#router.find(method, path) !== null)
  }
}
