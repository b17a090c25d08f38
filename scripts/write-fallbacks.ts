// Writes docs/conformance/fallbacks.md from the dictionaries. Read the difference before it is committed: each row is reviewed.

import { writeFileSync } from 'node:fs'
import { fallbacks } from '../src/explain/fallbacks.ts'

writeFileSync(new URL('../docs/conformance/fallbacks.md', import.meta.url), fallbacks())
