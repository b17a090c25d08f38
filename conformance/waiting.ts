// The codes that no scenario proves yet: each with the capability it waits for, or why it cannot be provoked honestly.

export interface Waiting {
  readonly system: string
  readonly code: string
  readonly waitsFor: string
}

export const waiting: readonly Waiting[] = [
  { system: 'aculab', code: '0507', waitsFor: 'reports' },
  { system: 'aculab', code: '0509', waitsFor: 'reports' },
  { system: 'aculab', code: '0510', waitsFor: 'reports' },
  { system: 'aculab', code: '0802', waitsFor: 'conversion of files' },
  { system: 'aculab', code: '1100', waitsFor: 'conversion of PDF' },
  { system: 'aculab', code: '1101', waitsFor: 'conversion of PDF' },
  { system: 'aculab', code: '2001', waitsFor: 'applications that run elsewhere (workers)' },
  { system: 'aculab', code: '2002', waitsFor: 'applications that run elsewhere (workers)' },
  { system: 'aculab', code: '2004', waitsFor: 'applications that run elsewhere (workers)' },
  { system: 'aculab', code: '2008', waitsFor: 'applications that run elsewhere (workers)' },
  { system: 'aculab', code: '2011', waitsFor: 'applications that run elsewhere (workers)' },
  { system: 'ringcentral', code: 'MSG-340', waitsFor: 'faxes' },
  { system: 'ringcentral', code: 'MSG-341', waitsFor: 'faxes' },
  { system: 'ringcentral', code: 'MSG-343', waitsFor: 'faxes' },
  { system: 'ringcentral', code: 'MSG-349', waitsFor: 'faxes' },
  { system: 'ringcentral', code: 'MSG-350', waitsFor: 'faxes' },
  { system: 'ringcentral', code: 'MSG-351', waitsFor: 'faxes' },
  { system: 'ringcentral', code: 'OAU-119', waitsFor: 'international virtual numbers' },
  { system: 'ringcentral', code: 'OAU-148', waitsFor: 'single sign-on' },
  { system: 'ringcentral', code: 'SUB-407', waitsFor: 'push to phones (APNS)' },
  { system: 'ringcentral', code: 'SUB-511', waitsFor: 'push to phones (APNS)' },
  { system: 'toku', code: '-1228', waitsFor: 'one-time passwords' },
  { system: 'toku', code: '-1229', waitsFor: 'one-time passwords' },
  { system: 'toku', code: '-3000', waitsFor: 'tasks' },
  { system: 'toku', code: '-3001', waitsFor: 'tasks' },
  { system: 'toku', code: '-3002', waitsFor: 'tasks' },
  { system: 'toku', code: '-3003', waitsFor: 'tasks' },
  { system: 'toku', code: '-3004', waitsFor: 'tasks' },
  { system: 'toku', code: '-3005', waitsFor: 'tasks' },
  { system: 'toku', code: '-3006', waitsFor: 'tasks' },
  { system: 'toku', code: '-3007', waitsFor: 'tasks' },
  { system: 'toku', code: '-3008', waitsFor: 'tasks' },
  { system: 'toku', code: '-3009', waitsFor: 'tasks' },
]
