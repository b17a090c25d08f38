// Hands e-mails to the operator's mail server by SMTP (RFC 5321), which does the rest: looking up, relaying, bouncing. The
// one place that knows the mail library. Opens no connection before there is something to send; decides no retry.

import { createTransport, type Transporter } from 'nodemailer'
import type { Slug } from '#reasons/catalogue.ts'
import type { EmailRecipients, EmailRow } from '#store/emails.ts'

export interface SmtpConfig {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (RFC 8314); else by STARTTLS as `tls` has it. */
  readonly secure: boolean
  readonly user: string
  /** Empty with no user. */
  readonly password: string
  /** `offered`: when the server offers it; `required`: or nothing is sent; `never`. */
  readonly tls: 'offered' | 'required' | 'never'
}

export interface EmailOutcome {
  /** `again`: nobody has it, and another attempt may go better. */
  readonly state: 'sent' | 'failed' | 'again'
  /** Absent when all recipients have it. */
  readonly reason?: Slug
  /** The mail server's words. */
  readonly cause: string
}

const connectMs = 10_000
const silenceMs = 30_000
const connections = 3

export class SmtpSender {
  readonly #transport: Transporter
  readonly #domain: () => string

  /** `domain` stands in Message-IDs. */
  constructor(config: SmtpConfig, domain: () => string) {
    const { host, port, secure, user, password, tls } = config
    this.#domain = domain
    this.#transport = createTransport({
      pool: true,
      maxConnections: connections,
      host,
      port,
      secure,
      requireTLS: tls === 'required',
      ignoreTLS: tls === 'never',
      ...(user !== '' && { auth: { user, pass: password } }),
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: silenceMs,
      // What a client gives is text, never a path or an address to be read from here.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  /** Never rejects: what goes wrong is an outcome. */
  async send(email: EmailRow): Promise<EmailOutcome> {
    const { to, cc, bcc } = JSON.parse(email.recipients) as EmailRecipients
    const body = email.type === 'text/html' ? { html: email.body } : { text: email.body }
    try {
      const info = (await this.#transport.sendMail({
        from: email.sender,
        to: [...to],
        cc: [...cc],
        bcc: [...bcc],
        subject: email.subject,
        ...body,
        date: new Date(email.created_ms),
        // The same in each attempt, so that a mailbox can tell the second of two.
        messageId: `<${email.id}@${this.#domain()}>`,
      })) as { response: string; rejected?: unknown[]; rejectedErrors?: SmtpFault[] }
      if ((info.rejected ?? []).length === 0) return { state: 'sent', cause: shown(info.response) }
      const words = (info.rejectedErrors ?? []).map(({ response, recipient }) => `${recipient ?? ''}: ${response ?? ''}`)
      return { state: 'sent', reason: 'email.recipient_rejected', cause: shown(words.join('; ')) }
    } catch (error) {
      return outcomeOf(error as SmtpFault)
    }
  }

  /** Connects and logs in, and sends nothing. Undefined when that went well, else what went wrong. */
  async probe(): Promise<string | undefined> {
    try {
      await this.#transport.verify()
      return undefined
    } catch (error) {
      return outcomeOf(error as SmtpFault).cause
    }
  }

  close(): void {
    this.#transport.close()
  }
}

/** What of the library's errors decides. */
export interface SmtpFault extends Error {
  readonly code?: string
  /** The SMTP command that was refused. */
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
  readonly recipient?: string
  /** Every recipient was refused: one each. */
  readonly rejectedErrors?: readonly SmtpFault[]
}

const shown = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 500)

/** RFC 5321 4.2.1: 4yz may go better later, 5yz will not. */
export function outcomeOf(fault: SmtpFault): EmailOutcome {
  const { code = '', command = '', message, rejectedErrors } = fault
  const cause = shown(fault.response ?? (message || code))
  if (code === 'EAUTH') return { state: 'again', reason: 'email.gateway_login_failed', cause }
  const replies = rejectedErrors?.length ? rejectedErrors.map(({ responseCode = 0 }) => responseCode) : [fault.responseCode ?? 0]
  // Nobody has it while all are refused, so that it may wait for those who may take it later.
  if (replies.some((reply) => reply < 500)) return { state: 'again', reason: 'email.gateway_unreachable', cause }
  if (rejectedErrors?.length || command.startsWith('RCPT')) return { state: 'failed', reason: 'email.recipient_rejected', cause }
  if (command.startsWith('MAIL')) return { state: 'failed', reason: 'email.sender_rejected', cause }
  if (command === 'CONN' || command.endsWith('HLO') || command === 'STARTTLS')
    return { state: 'again', reason: 'email.gateway_unreachable', cause }
  return { state: 'failed', reason: 'email.content_rejected', cause }
}
