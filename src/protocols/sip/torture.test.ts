// Every message of RFC 4475 and RFC 5118, by name: refused here, or read as it was meant, or read with what the layer above must mind.

import { test, describe } from 'node:test'
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { parseMessage, serialise } from './message-codec.ts'
import type { SipMessage, SipRequest, SipResponse } from './message.ts'
import { callIdOf, contactsOf, cseqOf, expiresOf, fromOf, maxForwardsOf, toOf, topVia, viasOf } from './message-reads.ts'
import { parseNameAddr, type NameAddr } from './name-addr.ts'
import { parseUri } from './uri.ts'

const folder = new URL('../../../test/vectors/sip/', import.meta.url)
const bytesOf = (name: string): Buffer => readFileSync(new URL(`${name}.dat`, folder))

function readOf(name: string): SipMessage {
  const { message, fault } = parseMessage(bytesOf(name))
  assert.equal(fault, undefined)
  // What is read is what is written and read again.
  const again = parseMessage(serialise(message!))
  assert.equal(again.fault, undefined)
  assert.deepEqual([...again.message!.headers.entries()].filter(notLength), [...message!.headers.entries()].filter(notLength))
  assert.deepEqual(again.message!.body, message!.body)
  return message!
}
const notLength = ([name]: readonly [string, string]): boolean => name !== 'Content-Length'

const request = (name: string): SipRequest => readOf(name) as SipRequest
const response = (name: string): SipResponse => readOf(name) as SipResponse
const addressesOf = (message: SipMessage): readonly NameAddr[] => {
  const contacts = contactsOf(message)
  assert.ok(Array.isArray(contacts))
  return contacts
}
const seen = new Set<string>()
const valid = (clause: string, name: string, title: string, look: (name: string) => void): void => {
  seen.add(name)
  test(`${clause} ${name.split('/')[1]}: ${title}`, () => look(name))
}

describe('RFC 4475 3.1.1: valid', () => {
  valid('3.1.1.1', 'rfc4475/wsinv', 'a short tortuous INVITE', (name) => {
    const invite = request(name)
    assert.equal(invite.uri, 'sip:vivekg@chair-dnrc.example.com;unknownparam')
    assert.deepEqual(toOf(invite), {
      display: '',
      uri: 'sip:vivekg@chair-dnrc.example.com',
      params: new Map([['tag', '1918181833n']]),
    })
    assert.equal(fromOf(invite)?.display, 'J Rosenberg \\"')
    assert.equal(fromOf(invite)?.params.get('tag'), '98asjd8')
    assert.equal(maxForwardsOf(invite), 68)
    assert.deepEqual(cseqOf(invite), { number: 9, method: 'INVITE' })
    assert.equal(invite.headers.get('Subject'), '')
    assert.equal(invite.headers.get('newfangledheader'), 'newfangled value continued newfangled value')
    assert.deepEqual(invite.headers.all('UnknownHeaderWithUnusualValue'), [';;,,;;,;'])
    assert.deepEqual(
      viasOf(invite)?.map(({ transport, host, params }) => [transport, host, params.get('branch')]),
      [
        ['UDP', '192.0.2.2', '390skdjuw'],
        ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
        ['UDP', '192.168.255.111', 'z9hG4bK30239'],
      ],
    )
    assert.deepEqual(
      invite.headers.all('Route').map((route) => parseNameAddr(route)?.uri),
      ['sip:services.example.com;lr;unknownwith=value;unknown-no-value'],
    )
    const [contact] = addressesOf(invite)
    assert.deepEqual(
      [...contact!.params],
      [
        ['newparam', 'newvalue'],
        ['secondparam', ''],
        ['q', '0.33'],
      ],
    )
    assert.equal(contact!.uri, 'sip:jdrosen@example.com')
  })
  valid('3.1.1.2', 'rfc4475/intmeth', 'a wide range of valid characters', (name) => {
    const odd = request(name)
    assert.equal(odd.method, "!interesting-Method0123456789_*+`.%indeed'~")
    assert.equal(parseUri(odd.uri)?.host, 'example.com')
    assert.equal(parseUri(odd.uri)?.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
    assert.equal(parseUri(odd.uri)?.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
    assert.equal(toOf(odd)?.display, 'BEL:\x07 NUL:\x00 DEL:\x7f')
    assert.equal(fromOf(odd)?.display, "token1~` token2'+_ token3*%!.-")
    assert.equal(fromOf(odd)?.params.get("fromparam''~+*_!.-%"), 'работающий')
    assert.equal(fromOf(odd)?.params.get('tag'), "_token~1'+`*%!-.")
    assert.ok(odd.headers.has("extensionHeader-!.%*+_`'~"))
  })
  valid('3.1.1.3', 'rfc4475/esc01', 'the escaping mechanism', (name) => {
    const invite = request(name)
    assert.equal(parseUri(invite.uri)?.user, 'sips:user@example.com')
    assert.equal(parseUri(invite.uri)?.host, 'example.net')
    assert.equal(parseUri(toOf(invite)!.uri)?.user, 'user')
    assert.equal(parseUri(fromOf(invite)!.uri)?.user, 'I have spaces')
    const contact = parseUri(addressesOf(invite)[0]!.uri)
    assert.equal(contact?.user, 'caller')
    assert.deepEqual(
      [...contact!.params],
      [
        ['lr', ''],
        ['name', 'value%41'],
      ],
    )
  })
  valid('3.1.1.4', 'rfc4475/escnull', 'escaped nulls in URIs', (name) => {
    const register = request(name)
    assert.equal(parseUri(toOf(register)!.uri)?.user, 'null-\0-null')
    const users = addressesOf(register).map(({ uri }) => parseUri(uri)?.user)
    assert.deepEqual(users, ['\0', '\0\0'])
  })
  valid('3.1.1.5', 'rfc4475/esc02', '% where it is no escape', (name) => {
    const message = request(name)
    assert.equal(message.method, 'RE%47IST%45R')
    assert.equal(toOf(message)?.display, '%Z%45')
  })
  valid('3.1.1.6', 'rfc4475/lwsdisp', 'no space between display name and <', (name) => {
    assert.equal(fromOf(request(name))?.display, 'caller')
    assert.equal(fromOf(request(name))?.uri, 'sip:caller@example.com')
  })
  valid('3.1.1.7', 'rfc4475/longreq', 'long values', (name) => {
    const invite = request(name)
    assert.equal(viasOf(invite)?.length, 34)
    assert.ok(callIdOf(invite)!.length > 100)
    assert.ok(fromOf(invite)!.params.get('tag')!.length > 100)
  })
  valid('3.1.1.8', 'rfc4475/dblreq', 'more in the datagram than Content-Length says', (name) => {
    assert.equal(request(name).method, 'REGISTER')
    assert.equal(request(name).body.length, 0)
  })
  valid('3.1.1.9', 'rfc4475/semiuri', 'semicolons in the user part', (name) => {
    assert.equal(parseUri(request(name).uri)?.user, 'user;par=u@example.net')
  })
  valid('3.1.1.10', 'rfc4475/transports', 'varied and unknown transports', (name) => {
    const transports = viasOf(request(name))?.map(({ transport }) => transport)
    assert.deepEqual(transports, ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'])
  })
  valid('3.1.1.11', 'rfc4475/mpart01', 'a body of several parts, binary', (name) => {
    const message = request(name)
    assert.equal(message.method, 'MESSAGE')
    assert.equal(message.body.length, Number(message.headers.get('Content-Length')))
    assert.ok(message.body.includes(0))
  })
  valid('3.1.1.12', 'rfc4475/unreason', 'a reason phrase that is not ASCII', (name) => {
    assert.equal(response(name).status, 200)
    assert.match(response(name).phrase, /^= 2\*\*3 \* 5\*\*2 но сто девяносто девять - простое$/)
  })
  valid('3.1.1.13', 'rfc4475/noreason', 'an empty reason phrase', (name) => {
    assert.deepEqual([response(name).status, response(name).phrase], [100, ''])
  })
})

const refused: readonly (readonly [clause: string, name: string, title: string, status: number, detail: RegExp])[] = [
  ['3.1.2.1', 'badinv01', 'extra separators', 400, /^Via/],
  ['3.1.2.2', 'clerr', 'Content-Length larger than the message', 400, /shorter than Content-Length/],
  ['3.1.2.3', 'ncl', 'negative Content-Length', 400, /^Content-Length/],
  ['3.1.2.4', 'scalar02', 'a request with overlarge numbers', 400, /^CSeq/],
  ['3.1.2.5', 'scalarlg', 'a response with overlarge numbers', 400, /^CSeq/],
  ['3.1.2.6', 'quotbal', 'a quoted string without end', 400, /^To/],
  ['3.1.2.7', 'ltgtruri', '<> around the Request-URI', 400, /Request-URI/],
  ['3.1.2.8', 'lwsruri', 'space within the Request-URI', 400, /Request-URI/],
  ['3.1.2.9', 'lwsstart', 'several spaces in the request line', 400, /Request-URI/],
  ['3.1.2.10', 'trws', 'space at the end of the request line', 400, /request line/],
  ['3.1.2.11', 'escruri', 'headers in the Request-URI', 400, /headers in the Request-URI/],
  ['3.1.2.12', 'baddate', 'a time zone that is not GMT', 400, /^Date/],
  ['3.1.2.13', 'regbadct', 'a Contact that needs <>', 400, /^Contact/],
  ['3.1.2.14', 'badaspec', 'spaces within <>', 400, /^To/],
  ['3.1.2.15', 'baddn', 'a display name that needs quotes', 400, /^From/],
  ['3.1.2.16', 'badvers', 'an unknown protocol version', 505, /version/],
  ['3.1.2.17', 'mismatch01', 'CSeq and request line differ', 400, /^CSeq names another method/],
  ['3.1.2.18', 'mismatch02', 'an unknown method, and CSeq differs', 400, /^CSeq names another method/],
  ['3.1.2.19', 'bigcode', 'an overlarge status', 400, /status/],
  // Those of 3.3 that nothing could act on; the RFC has them answered 400 as well.
  ['3.3.1', 'insuf', 'required headers are missing', 400, /is missing/],
  ['3.3.8', 'multi01', 'several values of what may stand there once', 400, /more than once/],
  ['3.3.9', 'mcl01', 'several Content-Length', 400, /^Content-Length stands there more than once/],
]

describe('RFC 4475 3.1.2 and 3.3: refused here', () => {
  for (const [clause, name, title, status, detail] of refused) {
    seen.add(`rfc4475/${name}`)
    test(`${clause} ${name}: ${title}`, () => {
      const { message, fault } = parseMessage(bytesOf(`rfc4475/${name}`))
      assert.equal(fault?.status, status)
      assert.match(fault!.detail, detail)
      // Enough was read to answer a request; a response is discarded.
      assert.equal(message?.kind, name === 'scalarlg' || name === 'bigcode' ? 'response' : 'request')
      if (name !== 'badinv01') assert.ok(topVia(message!))
      if (name !== 'insuf') assert.ok(callIdOf(message!))
    })
  }
})

describe('RFC 4475 3.2 to 3.4: read, and left to the layers above', () => {
  valid('3.2.1', 'rfc4475/badbranch', 'a branch of the magic cookie alone (the transaction layer has no id)', (name) => {
    assert.equal(topVia(request(name))?.params.get('branch'), 'z9hG4bK')
  })
  valid('3.3.2', 'rfc4475/unkscm', 'a Request-URI of unknown scheme (416)', (name) => {
    assert.equal(request(name).uri, 'nobodyKnowsThisScheme:totallyopaquecontent')
    assert.equal(parseUri(request(name).uri), undefined)
  })
  valid('3.3.3', 'rfc4475/novelsc', 'a Request-URI of known but odd scheme (416)', (name) => {
    assert.equal(request(name).uri, 'soap.beep://192.0.2.103:3002')
    assert.equal(parseUri(request(name).uri), undefined)
  })
  valid('3.3.4', 'rfc4475/unksm2', 'unknown schemes in headers (the registrar answers 404 or 400)', (name) => {
    assert.equal(toOf(request(name))?.uri, 'isbn:2983792873')
    assert.equal(parseUri(toOf(request(name))!.uri), undefined)
  })
  valid('3.3.5', 'rfc4475/bext01', 'unknown Require and Proxy-Require (420)', (name) => {
    assert.deepEqual(request(name).headers.all('Require'), ['nothingSupportsThis', 'nothingSupportsThisEither'])
    assert.deepEqual(request(name).headers.all('Proxy-Require'), ['noProxiesSupportThis', 'norDoAnyProxiesSupportThis'])
  })
  valid('3.3.6', 'rfc4475/invut', 'an unknown Content-Type (415)', (name) => {
    assert.equal(request(name).headers.get('Content-Type'), 'application/unknownformat')
  })
  valid('3.3.7', 'rfc4475/regaut01', 'an unknown Authorization scheme (passed over)', (name) => {
    assert.match(request(name).headers.get('Authorization')!, /^NoOneKnowsThisScheme /)
  })
  valid('3.3.10', 'rfc4475/bcast', 'a second Via in a response (more than one Via: discarded by the user agent)', (name) => {
    assert.deepEqual(
      viasOf(response(name))?.map(({ host }) => host),
      ['192.0.2.198', '255.255.255.255'],
    )
  })
  valid('3.3.11', 'rfc4475/zeromf', 'Max-Forwards of zero (an endpoint answers, a proxy 483)', (name) => {
    assert.equal(maxForwardsOf(request(name)), 0)
  })
  valid('3.3.12', 'rfc4475/cparam01', 'a parameter of the Contact', (name) => {
    const [contact] = addressesOf(request(name))
    assert.deepEqual([contact!.uri, [...contact!.params]], ['sip:+19725552222@gw1.example.net', [['unknownparam', '']]])
  })
  valid('3.3.13', 'rfc4475/cparam02', 'a parameter of the URI in Contact', (name) => {
    const [contact] = addressesOf(request(name))
    assert.deepEqual([contact!.uri, contact!.params.size], ['sip:+19725552222@gw1.example.net;unknownparam', 0])
  })
  valid('3.3.14', 'rfc4475/regescrt', 'an escaped Route in Contact', (name) => {
    const [contact] = addressesOf(request(name))
    assert.deepEqual(parseUri(contact!.uri)?.headers, [['Route', '<sip:sip.example.com>']])
  })
  valid('3.3.15', 'rfc4475/sdp01', 'an Accept that leaves out SDP (406)', (name) => {
    assert.deepEqual(request(name).headers.all('Accept'), ['text/nobodyKnowsThis'])
  })
  valid('3.4.1', 'rfc4475/inv2543', 'an INVITE of RFC 2543', (name) => {
    const invite = request(name)
    assert.equal(maxForwardsOf(invite), undefined)
    assert.equal(topVia(invite)?.params.get('branch'), undefined)
    assert.equal(expiresOf(invite), undefined)
    assert.ok(invite.body.length > 100)
  })
})

describe('RFC 5118: IPv6', () => {
  valid('4.1', 'rfc5118/ipv6-good', 'references in every place', (name) => {
    const register = request(name)
    assert.equal(parseUri(register.uri)?.host, '[2001:db8::10]')
    assert.equal(topVia(register)?.host, '[2001:db8::9:1]')
    assert.equal(parseUri(addressesOf(register)[0]!.uri)?.host, '[2001:db8::1]')
  })
  seen.add('rfc5118/ipv6-bad')
  test('4.2 ipv6-bad: an address without brackets is refused', () => {
    const { message, fault } = parseMessage(bytesOf('rfc5118/ipv6-bad'))
    assert.equal(fault?.status, 400)
    assert.match(fault!.detail, /Request-URI/)
    assert.equal(message?.kind, 'request')
  })
  valid('4.3', 'rfc5118/port-ambiguous', 'what is in the brackets is the address', (name) => {
    assert.deepEqual([parseUri(request(name).uri)?.host, parseUri(request(name).uri)?.port], ['[2001:db8::10:5070]', undefined])
  })
  valid('4.4', 'rfc5118/port-unambiguous', 'a port after the brackets', (name) => {
    assert.deepEqual([parseUri(request(name).uri)?.host, parseUri(request(name).uri)?.port], ['[2001:db8::10]', 5070])
  })
  valid('4.5', 'rfc5118/via-received-param-with-delim', '`received` with brackets', (name) => {
    assert.equal(topVia(request(name))?.params.get('received'), '[2001:db8::9:255]')
  })
  valid('4.5', 'rfc5118/via-received-param-no-delim', '`received` without brackets', (name) => {
    assert.equal(topVia(request(name))?.params.get('received'), '2001:db8::9:255')
  })
  valid('4.6', 'rfc5118/ipv6-in-sdp', 'addresses in SDP', (name) => {
    assert.match(request(name).body.toString(), /c=IN IP6 2001:db8::20\r\n/)
  })
  valid('4.7', 'rfc5118/mult-ip-in-header', 'both families in Via', (name) => {
    assert.deepEqual(
      viasOf(request(name))?.map(({ host }) => host),
      ['[2001:db8::9:1]', '192.0.2.1', '[2001:db8::9:255]'],
    )
  })
  valid('4.8', 'rfc5118/mult-ip-in-sdp', 'both families in SDP', (name) => {
    assert.match(request(name).body.toString(), /c=IN IP4 192.0.2.1\r\n/)
    assert.match(request(name).body.toString(), /c=IN IP6 2001:db8::1\r\n/)
  })
  valid('4.9', 'rfc5118/ipv4-mapped-ipv6', 'IPv4 within IPv6', (name) => {
    assert.deepEqual(
      viasOf(request(name))?.map(({ host, port }) => [host, port]),
      [
        ['[::ffff:192.0.2.10]', 19823],
        ['[::ffff:192.0.2.2]', undefined],
      ],
    )
  })
  for (const name of ['rfc5118/ipv6-bug-abnf-3-colons', 'rfc5118/ipv6-correct-abnf-2-colons'])
    valid('4.10', name, 'two or three colons before IPv4', () => {
      assert.equal(parseUri(request(name).uri)?.host, '[2001:db8::192.0.2.1]')
    })
})

test('no message of the two RFCs is left out', () => {
  const all = ['rfc4475', 'rfc5118'].flatMap((rfc) =>
    readdirSync(new URL(rfc, folder)).map((file) => `${rfc}/${file.replace('.dat', '')}`),
  )
  assert.equal(all.length, 49 + 12)
  assert.deepEqual(
    all.filter((name) => !seen.has(name)),
    [],
  )
})
