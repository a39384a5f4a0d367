// Draws the size of a segment from the JSON that the page carries. Colours come from the tokens, so a switch of theme
// redraws.
(() => {
  "use strict";
  const charts = [];
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const dates = (days) => {
    const format = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" });
    return days.map((day) => format.format(new Date(`${day}T00:00:00Z`)));
  };

  // A dashed line per version, so that a changed rule and a changed world cannot be confused.
  const versionMarks = (marks) => ({
    id: "versionMarks",
    afterDatasetsDraw(chart) {
      const { ctx, chartArea, scales } = chart;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = colour("--text-2");
      ctx.font = "600 11px 'Inter Variable', sans-serif";
      ctx.textAlign = "center";
      ctx.setLineDash([3, 3]);
      for (const mark of marks) {
        const x = scales.x.getPixelForValue(mark.place);
        const label = Math.min(Math.max(x, chartArea.left + 8), chartArea.right - 8);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top + 12);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.fillText(mark.label, label, chartArea.top + 8);
      }
      ctx.restore();
    },
  });

  const whole = (value) => new Intl.NumberFormat(document.documentElement.lang).format(Math.abs(value));

  const options = (extra) => ({
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: { display: false },
      tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${whole(item.parsed.y)}` } },
    },
    scales: {
      x: {
        stacked: extra.stacked,
        grid: { display: false },
        border: { color: colour("--line") },
        ticks: { color: colour("--text-2"), maxRotation: 0, autoSkipPadding: 40 },
      },
      y: {
        stacked: extra.stacked,
        beginAtZero: extra.fromZero,
        border: { display: false },
        grid: { color: colour("--line") },
        afterFit: (axis) => (axis.width = 52),
        ticks: { color: colour("--text-2"), precision: 0, maxTicksLimit: extra.ticks, callback: whole },
      },
    },
  });

  const size = (data) => ({
    type: "line",
    plugins: [versionMarks(data.versions)],
    data: {
      labels: dates(data.days),
      datasets: [
        {
          label: data.words.members,
          data: data.members,
          borderColor: colour("--series-size"),
          backgroundColor: colour("--series-fill"),
          borderWidth: 2,
          fill: "origin",
          // A number between two gaps has no line to stand on, so it is drawn as a point.
          pointRadius: data.members.map((value, place, all) => (value !== null && all[place - 1] == null && all[place + 1] == null ? 2 : 0)),
          spanGaps: false,
          tension: 0.15,
        },
      ],
    },
    options: options({ stacked: false, fromZero: true, ticks: 5 }),
  });

  const bars = (label, values, token) => ({ label, data: values, backgroundColor: colour(token), categoryPercentage: 0.9, barPercentage: 0.9 });

  const flow = (data) => ({
    type: "bar",
    data: {
      labels: dates(data.days),
      datasets: [bars(data.words.entered, data.entered, "--series-entered"), bars(data.words.left, data.left, "--series-left")],
    },
    options: options({ stacked: true, fromZero: true, ticks: 4 }),
  });

  const kinds = { size, flow };

  const draw = () => {
    for (const chart of charts.splice(0)) chart.destroy();
    const source = document.getElementById("size-data");
    if (!source) return;
    const data = JSON.parse(source.textContent);
    Chart.defaults.font.family = "'Inter Variable', sans-serif";
    for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
      charts.push(new Chart(canvas, kinds[canvas.dataset.chart](data)));
    }
  };

  document.addEventListener("registry:theme", draw);
  document.addEventListener("DOMContentLoaded", draw);
})();
