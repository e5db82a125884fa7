import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeIndicator } from './compute-indicator.ts';
import { type IndicatorRequest, parseIndicatorSpec } from './indicator-spec.ts';
import { randomBars } from './random-bars.fake.ts';

/** Values of TA-Lib 0.4 (WASM build talib-web 0.1.3) over `randomBars(400, 7, ties)`: first warm row, then [row, value]. */
const TA_LIB: readonly (readonly [
  IndicatorRequest,
  string,
  boolean,
  number,
  readonly (readonly [number, number])[],
])[] = [
  [
    { indicator: 'SMA', params: { period: 20 } },
    'value',
    false,
    19,
    [
      [20, 45.3902588323],
      [59, 41.814257033],
      [399, 41.09003507],
    ],
  ],
  [
    { indicator: 'SMA', params: { period: 20 } },
    'value',
    true,
    19,
    [
      [20, 50.4],
      [59, 46.6],
      [399, 24.9],
    ],
  ],
  [
    { indicator: 'EMA', params: { period: 20 } },
    'value',
    false,
    19,
    [
      [20, 45.4744549828],
      [59, 41.4153427944],
      [399, 41.4184785789],
    ],
  ],
  [
    { indicator: 'EMA', params: { period: 20 } },
    'value',
    true,
    19,
    [
      [20, 50.3119047619],
      [59, 46.6409989544],
      [399, 24.629796604],
    ],
  ],
  [
    { indicator: 'WMA', params: { period: 20 } },
    'value',
    false,
    19,
    [
      [20, 44.7236906536],
      [59, 40.735832449],
      [399, 40.8826308937],
    ],
  ],
  [
    { indicator: 'WMA', params: { period: 20 } },
    'value',
    true,
    19,
    [
      [20, 50.3952380952],
      [59, 46.4333333333],
      [399, 23.6761904762],
    ],
  ],
  [
    { indicator: 'RSI' },
    'value',
    false,
    14,
    [
      [15, 24.4509517769],
      [54, 28.3904894448],
      [399, 51.1974871647],
    ],
  ],
  [
    { indicator: 'RSI' },
    'value',
    true,
    14,
    [
      [15, 65],
      [54, 33.42826985],
      [399, 21.8123242883],
    ],
  ],
  [
    { indicator: 'MACD' },
    'macd',
    false,
    33,
    [
      [34, 0.0668735373528],
      [73, 0.6521672035],
      [399, -0.259180316379],
    ],
  ],
  [
    { indicator: 'MACD' },
    'signal',
    false,
    33,
    [
      [34, -0.47521988648],
      [73, 0.315430898114],
      [399, -0.520732149661],
    ],
  ],
  [
    { indicator: 'MACD' },
    'histogram',
    false,
    33,
    [
      [34, 0.542093423833],
      [73, 0.336736305386],
      [399, 0.261551833283],
    ],
  ],
  [
    { indicator: 'MACD' },
    'macd',
    true,
    33,
    [
      [34, -0.806208771082],
      [73, -0.0246674401957],
      [399, -1.989028088],
    ],
  ],
  [
    { indicator: 'MACD' },
    'signal',
    true,
    33,
    [
      [34, -0.587341528656],
      [73, -0.169288498054],
      [399, -1.9086435733],
    ],
  ],
  [
    { indicator: 'MACD' },
    'histogram',
    true,
    33,
    [
      [34, -0.218867242426],
      [73, 0.144621057858],
      [399, -0.0803845146944],
    ],
  ],
  [
    { indicator: 'ATR' },
    'value',
    false,
    14,
    [
      [15, 1.83204740161],
      [54, 1.73982374462],
      [399, 1.76280704748],
    ],
  ],
  [
    { indicator: 'ATR' },
    'value',
    true,
    14,
    [
      [15, 1.20408163265],
      [54, 1.51640335943],
      [399, 1.30628988345],
    ],
  ],
  [
    { indicator: 'ADX' },
    'adx',
    false,
    27,
    [
      [28, 35.9815204734],
      [67, 27.5988956764],
      [399, 17.2911957988],
    ],
  ],
  [
    { indicator: 'ADX' },
    'adx',
    true,
    27,
    [
      [28, 26.9937939516],
      [67, 13.4299611016],
      [399, 44.5531891111],
    ],
  ],
  [
    { indicator: 'ADX' },
    'plus_di',
    false,
    14,
    [
      [15, 4.89015614535],
      [54, 7.01163868778],
      [399, 18.7175883887],
    ],
  ],
  [
    { indicator: 'ADX' },
    'plus_di',
    true,
    14,
    [
      [15, 10.8263933376],
      [54, 10.9494021588],
      [399, 6.02906783135],
    ],
  ],
  [
    { indicator: 'ADX' },
    'minus_di',
    false,
    14,
    [
      [15, 27.4346142326],
      [54, 25.641846573],
      [399, 17.7645902389],
    ],
  ],
  [
    { indicator: 'ADX' },
    'minus_di',
    true,
    14,
    [
      [15, 10.8263933376],
      [54, 22.8752965674],
      [399, 27.4384269037],
    ],
  ],
  [
    { indicator: 'STOCHRSI_14_5_1_3' },
    'k',
    false,
    20,
    [
      [21, 82.0824925387],
      [60, 100],
      [399, 30.1429999123],
    ],
  ],
  [
    { indicator: 'STOCHRSI_14_5_1_3' },
    'd',
    false,
    20,
    [
      [21, 62.2737739778],
      [60, 100],
      [399, 76.0194698135],
    ],
  ],
  [
    { indicator: 'STOCHRSI_14_5_1_3' },
    'k',
    true,
    20,
    [
      [21, 6.12662334574e-14],
      [60, 100],
      [399, 73.5105442759],
    ],
  ],
  [
    { indicator: 'STOCHRSI_14_5_1_3' },
    'd',
    true,
    20,
    [
      [21, 2.04220778191e-14],
      [60, 100],
      [399, 57.836848092],
    ],
  ],
  [
    { indicator: 'CCI' },
    'value',
    false,
    13,
    [
      [14, -164.057169121],
      [53, -130.583629016],
      [399, 113.669424711],
    ],
  ],
  [
    { indicator: 'CCI' },
    'value',
    true,
    13,
    [
      [14, 96.5517241379],
      [53, -127.777777778],
      [399, -71.186440678],
    ],
  ],
  [
    { indicator: 'MFI' },
    'value',
    false,
    14,
    [
      [15, 51.8392813252],
      [54, 34.8141353167],
      [399, 55.1625549817],
    ],
  ],
  [
    { indicator: 'MFI' },
    'value',
    true,
    14,
    [
      [15, 38.1369177868],
      [54, 33.8658146965],
      [399, 6.72016048144],
    ],
  ],
  [
    { indicator: 'OBV' },
    'value',
    false,
    0,
    [
      [1, 873.875117861],
      [40, -86.3564916607],
      [399, 4405.89149431],
    ],
  ],
  [
    { indicator: 'OBV' },
    'value',
    true,
    0,
    [
      [1, 400],
      [40, -500],
      [399, -3800],
    ],
  ],
  [
    { indicator: 'ROC' },
    'value',
    false,
    10,
    [
      [11, -6.25972829781],
      [50, -6.88367883117],
      [399, 2.39897771851],
    ],
  ],
  [
    { indicator: 'ROC' },
    'value',
    true,
    10,
    [
      [11, 2],
      [50, -2.08333333333],
      [399, -12],
    ],
  ],
  [
    { indicator: 'WILLR' },
    'value',
    false,
    13,
    [
      [14, -97.6059891319],
      [53, -83.2267594336],
      [399, -25.220507913],
    ],
  ],
  [
    { indicator: 'WILLR' },
    'value',
    true,
    13,
    [
      [14, 0],
      [53, -100],
      [399, -83.3333333333],
    ],
  ],
  [
    { indicator: 'SAR' },
    'value',
    false,
    1,
    [
      [2, 50.8452910172],
      [41, 47.0692392835],
      [399, 38.2956748028],
    ],
  ],
  [
    { indicator: 'SAR' },
    'value',
    true,
    1,
    [
      [2, 51],
      [41, 45],
      [399, 24.298832802],
    ],
  ],
  [
    { indicator: 'AROON' },
    'up',
    false,
    14,
    [
      [15, 0],
      [54, 21.4285714286],
      [399, 100],
    ],
  ],
  [
    { indicator: 'AROON' },
    'down',
    false,
    14,
    [
      [15, 92.8571428571],
      [54, 100],
      [399, 50],
    ],
  ],
  [
    { indicator: 'AROON' },
    'up',
    true,
    14,
    [
      [15, 100],
      [54, 14.2857142857],
      [399, 21.4285714286],
    ],
  ],
  [
    { indicator: 'AROON' },
    'down',
    true,
    14,
    [
      [15, 50],
      [54, 100],
      [399, 92.8571428571],
    ],
  ],
  [
    { indicator: 'AROON' },
    'oscillator',
    false,
    14,
    [
      [15, -92.8571428571],
      [54, -78.5714285714],
      [399, 50],
    ],
  ],
  [
    { indicator: 'AROON' },
    'oscillator',
    true,
    14,
    [
      [15, 50],
      [54, -85.7142857143],
      [399, -71.4285714286],
    ],
  ],
  [
    { indicator: 'HIGHEST', source: 'close' },
    'value',
    false,
    19,
    [
      [20, 47.8643660452],
      [59, 45.3588278964],
      [399, 43.456241719],
    ],
  ],
  [
    { indicator: 'HIGHEST', source: 'close' },
    'value',
    true,
    19,
    [
      [20, 52],
      [59, 48],
      [399, 29],
    ],
  ],
  [
    { indicator: 'LOWEST', source: 'close' },
    'value',
    false,
    19,
    [
      [20, 42.7918974045],
      [59, 38.1442418876],
      [399, 38.1603167686],
    ],
  ],
  [
    { indicator: 'LOWEST', source: 'close' },
    'value',
    true,
    19,
    [
      [20, 49],
      [59, 45],
      [399, 22],
    ],
  ],
];

for (const [request, output, ties, first, values] of TA_LIB) {
  const spec = parseIndicatorSpec(request);
  test(`${spec.indicator} ${output} equals TA-Lib${ties ? ', ties and standstills included' : ''}`, () => {
    const column = computeIndicator(spec, randomBars(400, 7, ties))[output];
    assert.ok(column);
    assert.equal(
      column.findIndex((value) => !Number.isNaN(value)),
      first,
    );
    for (const [row, value] of values) {
      const ours = column[row] as number;
      assert.ok(Math.abs(ours - value) <= 1e-9 * (1 + Math.abs(value)), `row ${row}: expected ${value}, was ${ours}`);
    }
  });
}
