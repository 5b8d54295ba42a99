// SPDX-License-Identifier: MulanPSL-2.0
// Bars and lines, loaded when a report has some. The table beside a chart says the same in numbers; for readers
// the picture is decoration.
import uPlot from 'uplot';
import { html, useEffect, useRef } from './html.js';

const COLOURS = ['#9b1c1c', '#0b4f9e', '#10602c', '#6b4300', '#5b2a86', '#00656b'];
const HEIGHT = 300;

function bars(index) {
	return { stroke: COLOURS[index % COLOURS.length], fill: `${COLOURS[index % COLOURS.length]}cc`, paths: uPlot.paths.bars({ size: [0.6, 60] }), points: { show: false } };
}

function axes(names) {
	const font = '16px sans-serif';
	return [
		{ font, labelFont: font, size: 60, splits: () => names.map((_, i) => i), values: (_, splits) => splits.map((i) => names[i] ?? ''), grid: { show: false } },
		{ font, labelFont: font, size: 70 },
	];
}

// names: what stands below each bar; series: [{name, values}].
export default function Chart({ names, series }) {
	const place = useRef(null);
	useEffect(() => {
		const width = Math.max(place.current.clientWidth, 320);
		const top = Math.max(1, ...series.flatMap((s) => s.values));
		const plot = new uPlot({
			width,
			height: HEIGHT,
			scales: { x: { time: false, range: [-0.6, names.length - 0.4] }, y: { range: [0, top * 1.1] } },
			legend: { show: series.length > 1 },
			cursor: { show: false },
			axes: axes(names),
			series: [{}, ...series.map((s, i) => ({ label: s.name, ...bars(i) }))],
		}, [names.map((_, i) => i), ...series.map((s) => s.values)], place.current);
		return () => plot.destroy();
	}, [names, series]);
	return html`<div class="chart" ref=${place} aria-hidden="true"></div>`;
}
