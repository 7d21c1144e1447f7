"use strict";
{
  const content = JSON.parse(document.getElementById("content").textContent);
  // Widths in pixels: room for labels; the least of a chart, of a panel, of a panel for one measure of several.
  const LABELS = 150;
  const LEAST = 60;
  const PANEL = 190;
  const MEASURE = 90;
  const ATTEMPTS = 3; // a new width may bring other labels along the axis, and so need another
  // A matrix as a whole: its most labels that are read, and named; pixels of its height; confusions that are listed.
  const READ = content.read;
  const NAMED = 45;
  const TALL = 560;
  const LOW = 6;
  const WORST = 25;
  const SHORT = 12; // rows of a table that is shown whole
  const SEEN = 25; // rows of a chart without scrolling
  const COUNTED = 12; // of a matrix with more labels there is no room for counts below the shares
  const STACKED = 4; // columns; of more a row is told line by line on a phone
  const FLAT = 0.4; // height of a map by its width
  const WIDE = 900; // pixels; on a narrower map dots are smaller
  const CELL = 30; // pixels; in narrower cells no figure is read
  const LONG = 22; // characters; a longer word may be broken
  const DARK = window.matchMedia("(prefers-color-scheme: dark)");

  /* Rows that the choices keep, of those that have a value to draw. */
  function keptRows(sheet) {
    const read = Object.entries(sheet.columns).map(([name, packed]) => [
      name,
      packed.values ? (i) => packed.values[i] : (i) => (packed.codes[i] === null ? null : packed.levels[packed.codes[i]]),
    ]);
    const column = Object.fromEntries(read);
    const wanted = sheet.choices.map((name) => content.choices[name]);
    const rows = [];
    for (let i = 0; i < sheet.n; i++) {
      if (!wanted.every((choice) => column[choice.column](i) === choice.chosen)) continue;
      if (sheet.needed && sheet.needed.length && sheet.needed.every((name) => column[name](i) === null)) continue;
      rows.push(Object.fromEntries(read.map(([name, get]) => [name, get(i)])));
    }
    return rows;
  }

  /* Panels side by side as long as each stays readable. A first guess of the width: labels are measured once drawn. */
  function fit(spec, width, rows) {
    const guess = width - LABELS;
    if (!spec.spec) {
      spec.width = Math.max(LEAST, guess);
      return;
    }
    const measures = spec.facet.field === "measure";
    const count = measures ? spec.facet.sort.length : new Set(rows.map((row) => row.window_s)).size;
    const fitting = Math.floor(guess / (measures ? MEASURE : PANEL));
    spec.columns = fitting >= count ? count : measures ? 1 : Math.max(1, fitting);
    spec.spec.width = Math.max(LEAST, guess / spec.columns);
  }

  /* Of more rows than are seen at once, the scale stands above them. */
  function scaleAbove(spec, rows) {
    const drawn = spec.spec ?? spec;
    const layers = drawn.layer ?? [drawn];
    const field = layers[0].encoding.y.field;
    if (new Set(rows.map((row) => row[field])).size <= SEEN) return;
    for (const { encoding } of layers) encoding.x.axis = { ...encoding.x.axis, orient: "top" };
  }

  /* Now that the labels are drawn, the width there is; null where it was right. */
  function settledWidth(spec, place) {
    const over = place.querySelector("svg").getBoundingClientRect().width - place.clientWidth + 2;
    const sized = spec.spec ?? spec;
    const settled = Math.max(LEAST, Math.floor(sized.width - over / (spec.columns ?? 1)));
    return Math.abs(settled - sized.width) > 1 ? settled : null;
  }

  /* Both axes of a matrix hold the same labels, in the same order. Of many it is an overview without numbers. */
  function squareUp(spec, { square, order }, rows, width) {
    const labels = [...new Set(rows.flatMap((row) => square.map((name) => row[name])))].sort();
    const isOverview = labels.length > READ || (width - LABELS / 2) / labels.length < CELL;
    if (order) labels.sort((a, b) => order.indexOf(a) - order.indexOf(b));
    for (const layer of spec.layer) {
      for (const channel of [layer.encoding.x, layer.encoding.y]) {
        channel.scale = { domain: labels };
        if (isOverview) channel.axis = { ...channel.axis, labels: labels.length <= NAMED, labelFontSize: 10 };
      }
      if (isOverview) layer.height = { step: Math.max(LOW, Math.min(TALL, width) / labels.length) };
    }
    const room = (width - LABELS / 2) / labels.length / 3.2;
    const [cells, share, count] = spec.layer;
    spec.layer = isOverview ? [cells] : count && labels.length <= COUNTED && room > 8 ? [cells, share, count] : [cells, share];
    share.mark.fontSize = Math.max(7, Math.min(11, room));
    if (spec.layer.length === 2) share.mark.dy = 0;
    return isOverview;
  }

  /* Of many columns the cells go without numbers. */
  function thinOut(spec, across, rows, width) {
    const n = new Set(rows.map((row) => row[across])).size;
    if (n > READ || (width - LABELS) / n < CELL) spec.layer = spec.layer.slice(0, 1);
  }

  /* The largest cells beside the diagonal, as a list. */
  function worstOf({ square, needed }, rows) {
    const [actual, predicted] = square;
    const cells = new Map();
    for (const row of rows) {
      if (row[actual] === row[predicted]) continue;
      const key = JSON.stringify([row[actual], row[predicted]]);
      const cell = cells.get(key) ?? { actual: row[actual], predicted: row[predicted], n: 0, sum: 0 };
      cell.n += 1;
      cell.sum += needed.length ? row[needed[0]] : 0;
      cells.set(key, cell);
    }
    const size = (cell) => (needed.length ? cell.sum / cell.n : cell.n);
    const said = (cell) => (needed.length ? `${(100 * size(cell)).toFixed(1)}%` : String(cell.n));
    return [...cells.values()]
      .sort((a, b) => size(b) - size(a))
      .slice(0, WORST)
      .map((cell) => ({ Actual: cell.actual, "Taken for": cell.predicted, "": said(cell) }));
  }

  /* Words and lines of a chart in the colours of the page, light or dark. */
  function colourWords(spec) {
    const style = getComputedStyle(document.documentElement);
    const [ink, quiet, line, paper] = ["--ink", "--quiet", "--line", "--paper"].map((name) => style.getPropertyValue(name).trim());
    const { axis, header, legend } = spec.config;
    Object.assign(axis, { labelColor: ink, titleColor: quiet, gridColor: line });
    Object.assign(header, { labelColor: ink });
    Object.assign(legend, { labelColor: ink, titleColor: quiet });
    for (const layer of (spec.spec ?? spec).layer ?? []) {
      if (layer.mark.type === "text" && !layer.encoding.color) layer.mark.color = ink;
      if (layer.mark.type === "geoshape") Object.assign(layer.mark, { fill: line, stroke: paper });
    }
  }

  /* A map as flat as the Earth is, with dots that are smaller on a narrow one. */
  function shrink(spec, sheet) {
    spec.height = Math.round(FLAT * spec.width);
    const { size } = spec.layer[1].encoding;
    const whole = sheet.spec.layer[1].encoding.size;
    if (size.scale) size.scale.range = whole.scale.range.map((area) => area * Math.min(1, spec.width / WIDE));
  }
  async function drawChart(sheet, rows, place) {
    const spec = structuredClone(sheet.spec);
    spec.datasets = sheet.map ? { rows, outline: content.outline } : { rows };
    let isOverview = false;
    if (sheet.square) isOverview = squareUp(spec, sheet, rows, place.clientWidth);
    else if (!sheet.map) scaleAbove(spec, rows);
    if (sheet.across) thinOut(spec, sheet.across, rows, place.clientWidth);
    fit(spec, place.clientWidth, rows);
    colourWords(spec);
    spec.config.axis.labelLimit = Math.min(spec.config.axis.labelLimit, place.clientWidth * 0.4);
    const options = { actions: false, renderer: "svg", tooltip: { theme: DARK.matches ? "dark" : "light" } };
    for (let attempt = 1; ; attempt++) {
      if (sheet.map) shrink(spec, sheet);
      const { finalize } = await vegaEmbed(place, spec, options);
      const width = settledWidth(spec, place);
      if (width === null || attempt === ATTEMPTS) break;
      finalize();
      (spec.spec ?? spec).width = width;
    }
    if (!isOverview) return;
    const worst = document.createElement("div");
    worst.className = "worst";
    const columns = ["Actual", "Taken for", ""].map((name) => ({ column: name, label: name }));
    drawList({ list: columns, colour: null }, worstOf(sheet, rows), worst);
    place.append(worst);
  }

  /* A value as a person reads it. */
  function shown(value, form) {
    if (value === null || value === undefined) return "";
    if (form === "percent") return `${Math.round(100 * value)}%`;
    if (form === "number") return String(Number(value.toPrecision(3)));
    return form === "count" ? value.toLocaleString("en") : String(value);
  }
  function drawCards(sheet, rows, place) {
    const list = document.createElement("dl");
    for (const { column, label, form } of sheet.cards) {
      const said = shown(rows[0][column], form);
      const card = list.appendChild(document.createElement("div"));
      card.appendChild(document.createElement("dt")).textContent = label;
      card.appendChild(document.createElement("dd")).textContent = said === "" ? "–" : said;
    }
    place.replaceChildren(list);
  }
  function drawList(sheet, rows, place) {
    const table = document.createElement("table");
    table.classList.toggle("stacked", sheet.list.length > STACKED);
    const head = table.createTHead().insertRow();
    for (const { label, form } of sheet.list) {
      const cell = head.appendChild(document.createElement("th"));
      cell.textContent = label;
      cell.classList.toggle("number", Boolean(form));
    }
    const body = table.createTBody();
    const first = sheet.list[0].column;
    const order = content.orders[first] ?? [];
    rows.sort((a, b) => order.indexOf(a[first]) - order.indexOf(b[first])); // else as they stand in the CSV
    for (const row of rows) {
      const line = body.insertRow();
      for (const { column, label, form } of sheet.list) {
        const cell = line.insertCell();
        if (column !== sheet.colour) {
          cell.textContent = shown(row[column], form);
          cell.dataset.label = label;
          cell.classList.toggle("long", cell.textContent.length > LONG);
          cell.classList.toggle("number", Boolean(form));
          continue;
        }
        const mark = cell.appendChild(document.createElement("span"));
        mark.className = "mark";
        mark.style.background = content.colours[column][row[column]];
        mark.textContent = row[column];
      }
    }
    const scroll = document.createElement("div");
    scroll.className = table.rows.length > SHORT ? "scroll" : "scroll short";
    scroll.tabIndex = 0; // so that the keyboard reaches what is below its edge
    scroll.append(table);
    place.replaceChildren(scroll);
  }

  async function draw(figure) {
    const sheet = content.sheets[figure.dataset.sheet];
    const place = figure.querySelector(".drawing");
    const rows = keptRows(sheet);
    figure.querySelector(".nothing").hidden = rows.length > 0;
    place.hidden = rows.length === 0;
    figure.dataset.rows = rows.length;
    if (rows.length === 0) place.replaceChildren();
    else if (sheet.cards) drawCards(sheet, rows, place);
    else if (sheet.list) drawList(sheet, rows, place);
    else await drawChart(sheet, rows, place);
    figure.dataset.drawn = "true";
  }

  /* What was found by what is chosen stands above each view; where that is not told, the question. */
  function title() {
    document.querySelectorAll(".view h2").forEach((heading, i) => {
      const { asks, said } = content.headings[i];
      const places = asks.map((name) => content.choices[name].values.indexOf(content.choices[name].chosen));
      heading.textContent = said[places.join()] ?? content.questions[i];
    });
  }
  const figures = [...document.querySelectorAll(".sheet")];
  const drawAll = (some) => Promise.all(some.map(draw));

  for (const select of document.querySelectorAll("select")) {
    select.addEventListener("change", () => {
      const name = select.dataset.choice;
      content.choices[name].chosen = content.choices[name].values[select.value];
      for (const twin of document.querySelectorAll(`select[data-choice="${name}"]`)) twin.value = select.value;
      title();
      drawAll(figures.filter((figure) => content.sheets[figure.dataset.sheet].choices.includes(name)));
    });
  }

  DARK.addEventListener("change", () => drawAll(figures));
  let width = window.innerWidth;
  let waiting;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(() => drawAll(figures), 150);
  });
  drawAll(figures);
}
