// The API description for people, from the same document that machines read.

import { escapeHtml } from '#protocols/http/escape.ts'
import { page } from './page.ts'

type Json = Record<string, any>

function typeOf(schema: Json): string {
  if (schema['enum']) return (schema['enum'] as string[]).map((value) => `<code>${escapeHtml(value) || '""'}</code>`).join(' ')
  if (schema['anyOf']) return (schema['anyOf'] as Json[]).map(typeOf).join(' or ')
  if (schema['type'] === 'array') return `list of ${typeOf(schema['items'] as Json)}`
  return escapeHtml([schema['type'] ?? 'anything', schema['format'] ?? ''].filter(Boolean).join(', '))
}

function rows(fields: { name: string; where: string; required: boolean; description: string; schema: Json }[]): string {
  if (fields.length === 0) return '<p>Takes no fields.</p>'
  const cells = fields.map(
    ({ name, where, required, description, schema }) =>
      `<tr><td><code>${escapeHtml(name)}</code>${required ? ' <strong>needed</strong>' : ''}</td><td>${where}</td><td>${typeOf(schema)}</td><td>${escapeHtml(description)}</td></tr>`,
  )
  return `<table><thead><tr><th>Field</th><th>In</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${cells.join('')}</tbody></table>`
}

function fieldsOf(item: Json): string {
  const parameters = (item['parameters'] as Json[])
    .filter((parameter) => parameter['name'])
    .map((parameter) => ({
      name: parameter['name'] as string,
      where: parameter['in'] as string,
      required: parameter['required'] as boolean,
      description: (parameter['description'] as string | undefined) ?? '',
      schema: parameter['schema'] as Json,
    }))
  const body = item['requestBody']?.['content']['application/json']['schema'] as Json | undefined
  const members = Object.entries((body?.['properties'] ?? {}) as Record<string, Json>).map(([name, schema]) => ({
    name,
    where: 'body',
    required: ((body?.['required'] ?? []) as string[]).includes(name),
    description: (schema['description'] as string | undefined) ?? '',
    schema,
  }))
  return rows([...parameters, ...members])
}

function refusalsOf(item: Json): string {
  const slugs = Object.entries(item['responses'] as Record<string, Json>).flatMap(([status, response]) =>
    Object.keys((response['content']?.['application/problem+json']?.['examples'] ?? {}) as Json).map((slug) => ({
      status,
      slug,
    })),
  )
  return slugs.map(({ status, slug }) => `<a href="/reasons/${slug}"><code>${slug}</code></a> (${status})`).join(', ')
}

function operation(path: string, verb: string, item: Json): string {
  return `<details id="${escapeHtml(item['operationId'])}"><summary><span class="verb">${verb.toUpperCase()}</span> <code>${escapeHtml(path)}</code> ${escapeHtml(item['summary'])}</summary>
<p>${escapeHtml(item['description'] ?? '')}</p>${fieldsOf(item)}<p>May be refused with: ${refusalsOf(item)}</p></details>`
}

export function describeApi(document: Record<string, unknown>): string {
  const byTag = new Map<string, string[]>()
  for (const [path, item] of Object.entries(document['paths'] as Record<string, Json>)) {
    for (const [verb, one] of Object.entries(item) as [string, Json][]) {
      const tag = (one['tags'] as string[])[0]!
      byTag.set(tag, [...(byTag.get(tag) ?? []), operation(path, verb, one)])
    }
  }
  const links = [...byTag.keys()].map((tag) => `<a href="#${tag}">${escapeHtml(tag)}</a>`)
  const sections = [...byTag].map(([tag, operations]) => `<h2 id="${tag}">${escapeHtml(tag)}</h2>${operations.join('')}`)
  return page(
    'The API of Offhook',
    `<p><a href="/">Offhook</a></p><h1>The API</h1>
<p>JSON over HTTP under <code>/v1</code>. Prove who you are with <code>Authorization: Bearer</code> and a key or a session. To act on an account below your own, name it in <code>Offhook-Account</code>. What makes something new takes an <code>Idempotency-Key</code>. Refusals are problem details (RFC 9457) with a reason; the same as a document for machines: <a href="/v1/openapi.json">OpenAPI 3.1</a>.</p>
<nav>${links.join('')}</nav>${sections.join('')}`,
  )
}
