// The pages that a person sees while an application asks for access: log in, consent, or why not. Plain HTML without
// scripts; every text is escaped; the policy lets nothing in and lets the form go here and on to the application only.

import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { escapeHtml } from '#protocols/http/escape.ts'

export interface PageOfApplication {
  readonly app: string
  readonly ticket: string
  readonly redirectUri: string
}

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f2f4f7;color:#1c2430}
main{box-sizing:border-box;width:min(26rem,100vw);padding:2rem;background:#fff;border-radius:.75rem;box-shadow:0 1px 4px #0003}
h1{font-size:1.3rem;margin:0 0 1rem}
label{display:block;margin:.9rem 0 0;font-weight:600}
input{box-sizing:border-box;width:100%;font:inherit;padding:.55rem .65rem;border:1px solid #8894a3;border-radius:.4rem;background:inherit;color:inherit}
button{font:inherit;font-weight:600;padding:.6rem 1.2rem;margin:1.4rem .6rem 0 0;border:1px solid #0b5cad;border-radius:.4rem;background:#0b5cad;color:#fff;cursor:pointer}
button.plain{background:none;color:inherit;border-color:#8894a3}
:focus-visible{outline:3px solid #6aa9ff;outline-offset:1px}
.fault{padding:.6rem .8rem;border-left:4px solid #b3261e;background:#b3261e18}
@media(prefers-color-scheme:dark){body{background:#10151c;color:#e6eaf0}main{background:#1a212b}}`

/** The form's answer redirects to the application, which browsers ask `form-action` about as well. */
function formTargets(redirectUri: string): string {
  const url = URL.parse(redirectUri)
  if (!url) return "'self'"
  const target = url.origin === 'null' ? url.protocol : url.origin
  return /^[a-z][a-z0-9+.-]*:(?:\/\/[\w.:[\]-]+)?$/i.test(target) ? `'self' ${target}` : "'self'"
}

function page(title: string, body: string, redirectUri = ''): HttpAnswer {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action ${formTargets(redirectUri)}`
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</html>
`,
  }
}

const hidden = (name: string, value: string): string => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`

const fault = (message: string | undefined): string =>
  message === undefined ? '' : `<p class="fault" role="alert">${escapeHtml(message)}</p>`

export function loginPage(
  about: PageOfApplication & { readonly askCode: boolean; readonly username: string; readonly message?: string },
): HttpAnswer {
  const code = about.askCode
    ? '<label for="code">Code of your second factor</label><input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="6" required>'
    : ''
  return page(
    'Log in',
    `<p>${escapeHtml(about.app || 'An application')} asks for access to your account.</p>
${fault(about.message)}
<form method="post" action="login">
${hidden('ticket', about.ticket)}
<label for="username">E-mail address or telephone number</label>
<input id="username" name="username" autocomplete="username" value="${escapeHtml(about.username)}" required autofocus>
<label for="extension">Extension, if you log in with a number</label>
<input id="extension" name="extension" inputmode="numeric" maxlength="8">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
${code}
<button type="submit">Log in</button>
</form>`,
    about.redirectUri,
  )
}

export function consentPage(
  about: PageOfApplication & { readonly user: string; readonly account: string; readonly scope: string },
): HttpAnswer {
  const items = about.scope
    .split(' ')
    .filter(Boolean)
    .map((name) => `<li>${escapeHtml(name)}</li>`)
  return page(
    'Allow access?',
    `<p>${escapeHtml(about.app || 'An application')} wants to act for ${escapeHtml(about.user)} (${escapeHtml(about.account)}).</p>
${items.length > 0 ? `<ul>${items.join('')}</ul>` : '<p>It was granted no permission so far.</p>'}
<form method="post" action="consent">
${hidden('ticket', about.ticket)}
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny" class="plain">Do not allow</button>
</form>`,
    about.redirectUri,
  )
}

export function messagePage(message: string, code: string): HttpAnswer {
  return page(
    'This cannot go on',
    `${fault(message)}${code === '' ? '' : `<p>Code: ${escapeHtml(code)}</p>`}<p>Go back to the application and begin again.</p>`,
  )
}
