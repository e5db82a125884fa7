import type { Time } from 'lightweight-charts';

export interface PaintedCandle {
  readonly time: Time;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}
export interface PaintedLevel {
  readonly price: number;
  readonly title: string;
  readonly tone: 'entry' | 'stop' | 'target';
  readonly isDashed: boolean;
}
export interface PaintedMark {
  readonly time: Time;
  readonly side: 'buy' | 'sell';
  readonly text: string;
}
/** What may be lost and won, as areas beside the entry. */
export interface PaintedZone {
  readonly fromTime: Time;
  readonly toTime: Time;
  readonly entry: number;
  readonly other: number;
  readonly tone: 'risk' | 'reward';
}
export interface ChartPicture {
  readonly candles: readonly PaintedCandle[];
  readonly levels: readonly PaintedLevel[];
  readonly marks: readonly PaintedMark[];
  readonly zones: readonly PaintedZone[];
  readonly isDaily: boolean;
  /** First and last bar in view, by index. */
  readonly view: { readonly from: number; readonly to: number } | undefined;
}
export interface ChartColors {
  readonly surface: string;
  readonly text: string;
  readonly line: string;
  readonly gain: string;
  readonly loss: string;
  readonly primary: string;
}
export interface CandlePainter {
  paint(picture: ChartPicture, colors: ChartColors): void;
  destroy(): void;
}
