// The header fields of SIP by name: their usual spelling, their compact forms (RFC 3261 7.3.3 and the registry of RFC 3968's successors),
// and which of them are comma lists. A name that is not here is kept as it was written and is never split (RFC 4475 3.1.1.1).

/** Header fields whose grammar is a comma list, so that one line may hold several values (RFC 3261 7.3.1). */
const lists =
  'Via,Contact,Route,Record-Route,Path,Service-Route,Supported,Require,Proxy-Require,Unsupported,Allow,Allow-Events,Accept,' +
  'Accept-Encoding,Accept-Language,Accept-Contact,Reject-Contact,Request-Disposition,Content-Encoding,Content-Language,In-Reply-To,' +
  'Alert-Info,Call-Info,Error-Info,Warning,Reason,P-Asserted-Identity,P-Preferred-Identity,P-Associated-URI,Diversion,History-Info,' +
  'Geolocation,Resource-Priority,Accept-Resource-Priority,Security-Client,Security-Server,Security-Verify,Recv-Info,Feature-Caps,' +
  'User-to-User,P-Visited-Network-ID'

const singles =
  'From,To,Call-ID,CSeq,Max-Forwards,Content-Length,Content-Type,Content-Disposition,Date,Expires,Min-Expires,MIME-Version,Organization,' +
  'Priority,Reply-To,Retry-After,Server,Subject,Timestamp,User-Agent,Authorization,Proxy-Authorization,WWW-Authenticate,' +
  'Proxy-Authenticate,Authentication-Info,Proxy-Authentication-Info,Event,Subscription-State,Refer-To,Referred-By,Refer-Sub,Replaces,' +
  'Join,Target-Dialog,Session-Expires,Min-SE,RSeq,RAck,Identity,Identity-Info,Privacy,Remote-Party-ID,Info-Package,SIP-ETag,' +
  'SIP-If-Match,Flow-Timer,Session-ID,P-Called-Party-ID,P-Charging-Vector,P-Early-Media,P-Access-Network-Info,Answer-Mode,Max-Breadth'

const compact: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
}

const listed: ReadonlySet<string> = new Set(lists.split(','))
const usual: ReadonlySet<string> = new Set([...listed, ...singles.split(',')])
const known = new Map<string, string>()
for (const name of [...listed, ...singles.split(',')])
  known.set(name, name).set(name.toLowerCase(), name).set(name.toUpperCase(), name)
for (const [short, name] of Object.entries(compact)) known.set(short, name).set(short.toUpperCase(), name)

/** What a name is compared by: the usual spelling of one that is known, the lower case of any other. */
export function headerKey(name: string): string {
  const key = known.get(name)
  if (key !== undefined) return key
  const lower = name.toLowerCase()
  return known.get(lower) ?? lower
}

/** Whether `key` is that of a known header, so that it is also how the name is written. */
export const isKnown = (key: string): boolean => usual.has(key)

/** Whether one line of this header may hold several values, `key` as `headerKey` gives it. */
export const isList = (key: string): boolean => listed.has(key)
