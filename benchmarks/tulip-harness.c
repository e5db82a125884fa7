// Runs Tulip's indicators over columns of doubles and prints `name nanoseconds-per-bar last-value` for each.
// usage: tulip-harness <file of open, high, low, close, volume columns> <bars> <repetitions>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "indicators.h"

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int size = atoi(argv[2]), repetitions = atoi(argv[3]);
  double *columns = malloc(sizeof(double) * 5 * size);
  FILE *file = fopen(argv[1], "rb");
  if (!file || fread(columns, sizeof(double), 5 * (size_t)size, file) != 5 * (size_t)size) return 1;
  double *high = columns + size, *low = high + size, *close = low + size, *volume = close + size;
  double *out[3];
  for (int i = 0; i < 3; i++) out[i] = malloc(sizeof(double) * size);
  struct { const char *name; ti_indicator_function run; ti_indicator_start_function start; const double *inputs[4]; double options[3]; int output; } rows[] = {
    {"SMA_20", ti_sma, ti_sma_start, {close}, {20}},
    {"EMA_20", ti_ema, ti_ema_start, {close}, {20}},
    {"WMA_20", ti_wma, ti_wma_start, {close}, {20}},
    {"RSI_14", ti_rsi, ti_rsi_start, {close}, {14}},
    {"MACD_10_24_9", ti_macd, ti_macd_start, {close}, {10, 24, 9}},
    {"BBANDS_20_2", ti_bbands, ti_bbands_start, {close}, {20, 2}, 2},
    {"STDDEV_20", ti_stddev, ti_stddev_start, {close}, {20}},
    {"ATR_14", ti_atr, ti_atr_start, {high, low, close}, {14}},
    {"ADX_14", ti_adx, ti_adx_start, {high, low, close}, {14}},
    {"STOCH_14_3_3", ti_stoch, ti_stoch_start, {high, low, close}, {14, 3, 3}},
    {"CCI_14", ti_cci, ti_cci_start, {high, low, close}, {14}},
    {"MFI_14", ti_mfi, ti_mfi_start, {high, low, close, volume}, {14}},
    {"WILLR_14", ti_willr, ti_willr_start, {high, low, close}, {14}},
  };
  double *times = malloc(sizeof(double) * repetitions);
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    for (int k = 0; k < repetitions; k++) {
      struct timespec from, to;
      clock_gettime(CLOCK_MONOTONIC, &from);
      rows[r].run(size, rows[r].inputs, rows[r].options, out);
      clock_gettime(CLOCK_MONOTONIC, &to);
      times[k] = ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / size;
    }
    qsort(times, repetitions, sizeof(double), ascending);
    printf("%s %.6f %.17g\n", rows[r].name, times[repetitions / 2], out[rows[r].output][size - 1 - rows[r].start(rows[r].options)]);
  }
  return 0;
}
