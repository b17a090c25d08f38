// The numbers that a first start puts in stock: valid by national plans, several countries and types, with enough per
// place to try buying, buying several, and running out.

import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { NumberRow } from '#store/numbers.ts'

interface Place {
  readonly country: string
  readonly type: 'local' | 'tollfree' | 'mobile' | 'national'
  readonly state: string
  readonly region: string
  /** E.164 up to where counting begins. */
  readonly prefix: string
  readonly first: number
  readonly count: number
  readonly priceMicro: number
  readonly mms?: boolean
}

const places: readonly Place[] = [
  {
    country: 'US',
    type: 'local',
    state: 'California',
    region: 'San Francisco',
    prefix: '+1415',
    first: 5550100,
    count: 40,
    priceMicro: 1_000_000,
    mms: true,
  },
  {
    country: 'US',
    type: 'local',
    state: 'New York',
    region: 'New York City',
    prefix: '+1212',
    first: 5550100,
    count: 40,
    priceMicro: 1_000_000,
    mms: true,
  },
  {
    country: 'US',
    type: 'local',
    state: 'Arkansas',
    region: 'Little Rock',
    prefix: '+1501',
    first: 5550100,
    count: 10,
    priceMicro: 500_000,
    mms: true,
  },
  {
    country: 'US',
    type: 'tollfree',
    state: '',
    region: '888',
    prefix: '+1888',
    first: 5550100,
    count: 20,
    priceMicro: 2_000_000,
  },
  {
    country: 'CA',
    type: 'local',
    state: 'Ontario',
    region: 'Toronto',
    prefix: '+1416',
    first: 5550100,
    count: 10,
    priceMicro: 1_000_000,
  },
  {
    country: 'GB',
    type: 'local',
    state: '',
    region: 'London',
    prefix: '+442079460',
    first: 100,
    count: 40,
    priceMicro: 1_000_000,
  },
  {
    country: 'GB',
    type: 'local',
    state: '',
    region: 'Milton Keynes',
    prefix: '+44190827',
    first: 3800,
    count: 10,
    priceMicro: 1_000_000,
  },
  // Free, for accounts that are not to be charged yet.
  { country: 'GB', type: 'local', state: '', region: 'Leeds', prefix: '+441134960', first: 100, count: 20, priceMicro: 0 },
  { country: 'GB', type: 'mobile', state: '', region: '', prefix: '+447400', first: 123400, count: 20, priceMicro: 1_500_000 },
  {
    country: 'GB',
    type: 'tollfree',
    state: '',
    region: '800',
    prefix: '+448081570',
    first: 100,
    count: 10,
    priceMicro: 2_000_000,
  },
  {
    country: 'GB',
    type: 'national',
    state: '',
    region: '330',
    prefix: '+44330332',
    first: 1000,
    count: 10,
    priceMicro: 1_200_000,
  },
  {
    country: 'DE',
    type: 'local',
    state: '',
    region: 'Berlin',
    prefix: '+4930',
    first: 23125100,
    count: 10,
    priceMicro: 1_300_000,
  },
  {
    country: 'SG',
    type: 'local',
    state: '',
    region: 'Singapore',
    prefix: '+65',
    first: 31580001,
    count: 20,
    priceMicro: 2_000_000,
  },
  { country: 'SG', type: 'mobile', state: '', region: '', prefix: '+65', first: 91230001, count: 10, priceMicro: 2_500_000 },
  { country: 'FR', type: 'local', state: '', region: 'Paris', prefix: '+331', first: 70190100, count: 10, priceMicro: 1_300_000 },
]

export type StockNumber = Pick<
  NumberRow,
  'number' | 'country' | 'type' | 'state' | 'region' | 'capabilities' | 'price_micro' | 'currency'
>

export function sandboxStock(): StockNumber[] {
  return places.flatMap((place) => {
    const width = String(place.first).length
    return Array.from({ length: place.count }, (_, index) => {
      const number = `${place.prefix}${String(place.first + index).padStart(width, '0')}`
      return {
        number: parsePhoneNumberFromString(number)?.number ?? number,
        country: place.country,
        type: place.type,
        state: place.state,
        region: place.region,
        capabilities: JSON.stringify({
          voice: true,
          sms: place.type !== 'tollfree',
          mms: place.mms ?? false,
          fax: place.type === 'local',
        }),
        price_micro: place.priceMicro,
        currency: 'USD',
      }
    })
  })
}
