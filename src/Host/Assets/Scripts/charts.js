// Draws each chart from the table under it, so that both always say the same. Without JavaScript the tables are open.
import * as echarts from "echarts/core";
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, PieChart, GridComponent, TooltipComponent, CanvasRenderer]);

const french = new Intl.NumberFormat("fr-FR", { notation: "compact" });
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

// Canvas knows no light-dark(): the browser resolves it on an element.
function color(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function look() {
  return {
    text: color("--mo-text"),
    quiet: color("--mo-quiet"),
    line: color("--mo-line"),
    surface: color("--mo-surface"),
    series: ["--mo-chart-1", "--mo-chart-2", "--mo-chart-3", "--mo-chart-4", "--mo-chart-5", "--mo-chart-6", "--mo-chart-7"].map(color),
    font: getComputedStyle(document.body).fontFamily,
  };
}

function option(shape, points, style, narrow) {
  const tooltip = { renderMode: "richText", confine: true, backgroundColor: style.surface, borderColor: style.line, textStyle: { color: style.text, fontFamily: style.font }, formatter: (x) => `${points[x.dataIndex].name} : ${points[x.dataIndex].shown}` };
  const base = { animation: !still, animationDuration: 300, color: style.series, textStyle: { fontFamily: style.font, color: style.text }, tooltip };
  const label = { color: style.quiet, fontFamily: style.font };
  const axis = { axisLabel: label, axisLine: { lineStyle: { color: style.line } }, axisTick: { show: false } };
  const values = { type: "value", minInterval: 1, axisLabel: { ...label, formatter: (x) => french.format(x) }, splitLine: { lineStyle: { color: style.line } } };
  if (shape === "donut") {
    return {
      ...base,
      series: [{
        type: "pie", radius: ["45%", "70%"], center: ["50%", "50%"], data: points.map((x) => ({ name: x.name, value: x.value })), itemStyle: { borderColor: style.surface, borderWidth: 2 },
        label: { color: style.text, fontFamily: style.font, formatter: (x) => `${x.name}\n${points[x.dataIndex].shown}`, width: narrow ? 90 : 140, overflow: "break" },
      }],
    };
  }

  if (shape === "bars" && points.length < 13 && !/\d{4}/.test(points[0].name)) {
    return {
      ...base,
      grid: { left: 8, right: 48, top: 8, bottom: 8, containLabel: true },
      xAxis: values,
      yAxis: { type: "category", inverse: true, data: points.map((x) => x.name), ...axis, axisLabel: { ...label, width: narrow ? 110 : 170, overflow: "truncate" } },
      series: [{ type: "bar", data: points.map((x) => x.value), barMaxWidth: 22, itemStyle: { borderRadius: [0, 4, 4, 0] }, label: { show: true, position: "right", color: style.text, formatter: (x) => points[x.dataIndex].shown } }],
    };
  }

  const short = points.map((x) => x.name.replace(/^(\p{L}{3,4})\p{L}* (\d{2})(\d{2})$/u, "$1 $3"));
  return {
    ...base,
    tooltip: { ...tooltip, trigger: "item" },
    grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: short, ...axis, axisLabel: { ...label, hideOverlap: true } },
    yAxis: values,
    series: [shape === "line"
      ? { type: "line", data: points.map((x) => x.value), symbolSize: 8, lineStyle: { width: 3 }, areaStyle: { opacity: 0.12 } }
      : { type: "bar", data: points.map((x) => x.value), barMaxWidth: 36, itemStyle: { borderRadius: [4, 4, 0, 0] } }],
  };
}

function draw(figure) {
  const area = figure.querySelector("[data-chart-area]");
  if (!area) return;
  const table = figure.querySelector("table");
  const points = [...table.tBodies[0].rows].map((row) => ({ name: row.cells[0].textContent.trim(), value: Number(row.dataset.value), shown: row.cells[1].textContent.trim(), url: row.querySelector("a")?.getAttribute("href") }));
  const shape = figure.dataset.chart;
  figure.querySelector("details").open = false;
  area.hidden = false;
  const chart = echarts.init(area);
  const paint = () => chart.setOption(option(shape, points, look(), area.clientWidth < 420), { notMerge: true });
  paint();
  let width = area.clientWidth;
  new ResizeObserver(() => {
    if (area.clientWidth === width) return;
    width = area.clientWidth;
    chart.resize();
    paint();
  }).observe(area);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  const open = (index) => points[index]?.url && location.assign(points[index].url);
  chart.on("click", (x) => open(x.dataIndex));

  let current = -1;
  const show = (index) => {
    if (current >= 0) chart.dispatchAction({ type: "downplay", seriesIndex: 0, dataIndex: current });
    current = index;
    if (index < 0) return chart.dispatchAction({ type: "hideTip" });
    chart.dispatchAction({ type: "highlight", seriesIndex: 0, dataIndex: index });
    chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: index });
    document.getElementById("annonces").textContent = `${points[index].name} : ${points[index].shown}`;
  };
  area.addEventListener("keydown", (event) => {
    const last = points.length - 1;
    const next = { ArrowRight: Math.min(last, current + 1), ArrowDown: Math.min(last, current + 1), ArrowLeft: Math.max(0, current - 1), ArrowUp: Math.max(0, current - 1), Home: 0, End: last }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      show(next);
    } else if (event.key === "Enter" && current >= 0) {
      open(current);
    } else if (event.key === "Escape") {
      show(-1);
    }
  });
  area.addEventListener("blur", () => show(-1));
}

document.querySelectorAll("[data-chart]").forEach(draw);
