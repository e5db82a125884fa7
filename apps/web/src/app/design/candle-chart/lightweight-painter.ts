import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type IPrimitivePaneView,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type ISeriesPrimitive,
  LineStyle,
  type SeriesAttachedParameter,
  type Time,
} from 'lightweight-charts';
import { formatPrice } from '../format.ts';
import type { CandlePainter, ChartColors, ChartPicture, PaintedLevel, PaintedZone } from './candle-painter.ts';

/** Draws with lightweight-charts. Its logo is off because it injects a style element; the chart component carries the attribution line. */
export class LightweightPainter implements CandlePainter {
  readonly #chart: IChartApi;
  readonly #series: ISeriesApi<'Candlestick'>;
  readonly #marks: ISeriesMarkersPluginApi<Time>;
  readonly #zones = new ZonePrimitive();
  #levels: ReturnType<ISeriesApi<'Candlestick'>['createPriceLine']>[] = [];

  constructor(host: HTMLElement) {
    this.#chart = createChart(host, { autoSize: true, layout: { attributionLogo: false } });
    this.#series = this.#chart.addSeries(CandlestickSeries, {
      priceFormat: { type: 'custom', formatter: formatPrice, minMove: 0.0001 },
    });
    this.#series.attachPrimitive(this.#zones);
    this.#marks = createSeriesMarkers(this.#series, []);
  }

  paint(picture: ChartPicture, colors: ChartColors): void {
    this.#chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: colors.surface },
        textColor: colors.text,
        fontFamily: "'Inter Variable', system-ui, sans-serif",
        fontSize: 11,
        panes: { separatorColor: colors.line },
      },
      grid: { vertLines: { color: colors.line }, horzLines: { color: colors.line } },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderColor: colors.line, scaleMargins: { top: 0.08, bottom: 0.08 } },
      timeScale: { borderColor: colors.line, timeVisible: !picture.isDaily, secondsVisible: false, rightOffset: 12 },
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    });
    this.#series.applyOptions({
      upColor: colors.gain,
      downColor: colors.loss,
      borderUpColor: colors.gain,
      borderDownColor: colors.loss,
      wickUpColor: colors.gain,
      wickDownColor: colors.loss,
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#series.setData([...picture.candles]);
    this.#drawLevels(picture.levels, colors);
    this.#zones.show(picture.zones, picture.levels, colors);
    this.#marks.setMarkers(
      picture.marks.map((mark) => ({
        time: mark.time,
        position: mark.side === 'buy' ? 'belowBar' : 'aboveBar',
        shape: mark.side === 'buy' ? 'arrowUp' : 'arrowDown',
        color: colors.primary,
        text: mark.text,
      })),
    );
    if (picture.view) this.#chart.timeScale().setVisibleLogicalRange(picture.view);
    else this.#chart.timeScale().fitContent();
  }

  destroy(): void {
    this.#chart.remove();
  }

  #drawLevels(levels: readonly PaintedLevel[], colors: ChartColors): void {
    for (const line of this.#levels) this.#series.removePriceLine(line);
    this.#levels = levels.map((level) =>
      this.#series.createPriceLine({
        price: level.price,
        title: level.title,
        color: level.tone === 'entry' ? colors.primary : level.tone === 'stop' ? colors.loss : colors.gain,
        lineWidth: 1,
        lineStyle: level.isDashed ? LineStyle.Dashed : LineStyle.Solid,
        axisLabelVisible: true,
      }),
    );
  }
}

/** Risk and reward as tinted areas from the decision to the exit; also keeps every level inside the price scale. */
class ZonePrimitive implements ISeriesPrimitive<Time> {
  #attached: SeriesAttachedParameter<Time> | undefined;
  #zones: readonly PaintedZone[] = [];
  #range: { minValue: number; maxValue: number } | undefined;
  #colors: ChartColors | undefined;
  readonly #views: readonly IPrimitivePaneView[] = [
    {
      zOrder: () => 'bottom',
      renderer: () => ({
        draw: (target) =>
          target.useBitmapCoordinateSpace((scope) => {
            const attached = this.#attached;
            if (attached === undefined || this.#colors === undefined) return;
            for (const zone of this.#zones) {
              const left = attached.chart.timeScale().timeToCoordinate(zone.fromTime);
              const right = attached.chart.timeScale().timeToCoordinate(zone.toTime);
              const top = attached.series.priceToCoordinate(Math.max(zone.entry, zone.other));
              const bottom = attached.series.priceToCoordinate(Math.min(zone.entry, zone.other));
              if (left === null || right === null || top === null || bottom === null) continue;
              const width = Math.max(right - left, 2);
              scope.context.globalAlpha = 0.13;
              scope.context.fillStyle = zone.tone === 'risk' ? this.#colors.loss : this.#colors.gain;
              scope.context.fillRect(
                left * scope.horizontalPixelRatio,
                top * scope.verticalPixelRatio,
                width * scope.horizontalPixelRatio,
                (bottom - top) * scope.verticalPixelRatio,
              );
              scope.context.globalAlpha = 1;
            }
          }),
      }),
    },
  ];

  attached(param: SeriesAttachedParameter<Time>): void {
    this.#attached = param;
  }

  detached(): void {
    this.#attached = undefined;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views;
  }

  autoscaleInfo() {
    return this.#range === undefined ? null : { priceRange: this.#range };
  }

  show(zones: readonly PaintedZone[], levels: readonly PaintedLevel[], colors: ChartColors): void {
    this.#zones = zones;
    this.#colors = colors;
    const prices = levels.map((level) => level.price);
    this.#range = prices.length === 0 ? undefined : { minValue: Math.min(...prices), maxValue: Math.max(...prices) };
    this.#attached?.requestUpdate();
  }
}
