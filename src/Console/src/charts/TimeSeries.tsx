import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { formatClock, formatCount, formatMoment } from '../parts/format';
import { useTheme } from '../shell/theme';

export interface Point {
  at: string;
  allowed: number;
  audited: number;
  blocked: number;
  refused: number;
}

const series = ['blocked', 'refused', 'audited', 'allowed'] as const;
const colours = { allowed: '#2f8f5b', audited: '#d69a1c', blocked: '#d13f4a', refused: '#7d8998' };
const words = { allowed: 'Allowed', audited: 'Audited', blocked: 'Blocked', refused: 'Refused' };
const height = 210;

/** Queries over time, stacked by outcome: what was blocked lies at the bottom, where small numbers can be compared. */
export function TimeSeries({ points: counted, step, seconds }: { points: Point[]; step: number; seconds: number }) {
  const points = useMemo(() => fill(counted, step, seconds), [counted, step, seconds]);
  const host = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);
  const { isDark } = useTheme();

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const plot = new uPlot(chartOptions(element.clientWidth, isDark, step, setHover), stack(points), element);
    const fit = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    fit.observe(element);
    return () => {
      fit.disconnect();
      plot.destroy();
    };
  }, [points, step, isDark]);

  const shown = hover === null ? null : points[hover];
  const total = (key: (typeof series)[number]) => (shown ? shown[key] : points.reduce((sum, point) => sum + point[key], 0));
  return (
    <div>
      <div
        className="dg-chart"
        ref={host}
        role="img"
        aria-label={`Queries over time: ${series.map(key => `${formatCount(total(key))} ${key}`).join(', ')}`}
      />
      <div className="dg-legend">
        <span>{shown ? formatMoment(new Date(shown.at)) : 'Whole span'}</span>
        {[...series].reverse().map(key => (
          <span key={key}>
            <i className={`dg-k-${key}`} />
            {words[key]} {formatCount(total(key))}
          </span>
        ))}
      </div>
    </div>
  );
}

/** The whole span in steps: where nothing was asked, the server tells nothing. */
function fill(points: Point[], step: number, seconds: number): Point[] {
  const known = new Map(points.map(point => [Date.parse(point.at) / 1_000, point]));
  const last = Math.max(Math.floor(Date.now() / 1_000 / step) * step, ...known.keys());
  const first = Math.min(last - Math.floor(seconds / step) * step, ...known.keys());
  const all: Point[] = [];
  for (let at = first; at <= last; at += step)
    all.push(known.get(at) ?? { at: new Date(at * 1_000).toISOString(), allowed: 0, audited: 0, blocked: 0, refused: 0 });
  return all;
}

function stack(points: Point[]): uPlot.AlignedData {
  const sums = points.map(() => 0);
  const bands = series.map(key => points.map((point, index) => (sums[index] += point[key])));
  // The tallest is drawn first, the others over it.
  return [points.map(point => Date.parse(point.at) / 1_000), ...bands.reverse()];
}

function chartOptions(width: number, isDark: boolean, step: number, onHover: (index: number | null) => void): uPlot.Options {
  const ink = isDark ? '#b4b4bb' : '#424650';
  const grid = { stroke: isDark ? '#2b323c' : '#ebebf0', width: 1 };
  const axis = { stroke: ink, grid, ticks: { show: false }, font: '11px "Open Sans", sans-serif' };
  const bars = uPlot.paths.bars?.({ size: [0.9, 40], align: 1 });
  return {
    width,
    height,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(4, max * 1.08)] } },
    axes: [
      { ...axis, values: (_, splits) => splits.map(at => label(at, step)), space: 70, size: 24 },
      { ...axis, size: 46, values: (_, splits) => splits.map(value => (Number.isInteger(value) ? formatCount(value) : '')) },
    ],
    series: [
      {},
      ...[...series]
        .reverse()
        .map(key => ({ label: words[key], fill: colours[key], stroke: colours[key], width: 0, paths: bars, points: { show: false } })),
    ],
    hooks: { setCursor: [plot => onHover(plot.cursor.idx ?? null)] },
  };
}

function label(at: number, step: number): string {
  const moment = new Date(at * 1_000);
  return step >= 3_600 * 6 ? formatMoment(moment).slice(5, 10) : formatClock(moment).slice(0, 5);
}
