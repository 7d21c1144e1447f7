"use strict";
{
  const content = JSON.parse(document.getElementById("content").textContent);
  const PANEL = 250; // the least width of a panel, pixels
  const WORDS = { true: "right", false: "wrong" };

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

  /* Give the chart the room there is: panels side by side as long as each stays readable. */
  function fit(spec, width, rows) {
    if (!spec.spec) {
      spec.width = Math.max(180, width);
      spec.autosize = { type: "fit-x", contains: "padding" };
      return;
    }
    const panels = new Set(rows.map((row) => row[spec.facet.field])).size;
    const count = spec.facet.field === "measure" ? spec.facet.sort.length : panels;
    spec.columns = Math.max(1, Math.min(count, Math.floor((width - 140) / PANEL * 1.6)));
    spec.spec.width = Math.max(90, (width - 150) / spec.columns - 26);
  }

  /* Both axes of a matrix hold the same labels, in the same order. */
  function squareUp(spec, columns, rows) {
    const labels = [...new Set(rows.flatMap((row) => columns.map((name) => row[name])))].sort();
    for (const layer of spec.layer) {
      layer.encoding.x.scale = { domain: labels };
      layer.encoding.y.scale = { domain: labels };
    }
  }

  async function drawChart(sheet, rows, place) {
    const spec = structuredClone(sheet.spec);
    spec.datasets = { rows };
    if (sheet.square) squareUp(spec, sheet.square, rows);
    fit(spec, place.clientWidth, rows);
    await vegaEmbed(place, spec, { actions: false, renderer: "svg", tooltip: { theme: "light" } });
  }

  function drawList(sheet, rows, place) {
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const { label } of sheet.list) head.appendChild(document.createElement("th")).textContent = label;
    const body = table.createTBody();
    const first = sheet.list[0].column;
    rows.sort((a, b) => (a[first] < b[first] ? -1 : a[first] > b[first] ? 1 : 0));
    for (const row of rows) {
      const line = body.insertRow();
      for (const { column } of sheet.list) {
        const cell = line.insertCell();
        if (column !== sheet.colour) {
          cell.textContent = row[column];
          continue;
        }
        const mark = cell.appendChild(document.createElement("span"));
        mark.className = "mark";
        mark.style.background = content.colours[column][row[column]];
        mark.textContent = WORDS[row[column]] ?? row[column];
      }
    }
    const scroll = document.createElement("div");
    scroll.className = "scroll";
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
    else if (sheet.list) drawList(sheet, rows, place);
    else await drawChart(sheet, rows, place);
    figure.dataset.drawn = "true";
  }

  const figures = [...document.querySelectorAll(".sheet")];
  const drawAll = (some) => Promise.all(some.map(draw));

  for (const select of document.querySelectorAll("select")) {
    select.addEventListener("change", () => {
      const name = select.dataset.choice;
      content.choices[name].chosen = content.choices[name].values[select.value];
      for (const twin of document.querySelectorAll(`select[data-choice="${name}"]`)) twin.value = select.value;
      drawAll(figures.filter((figure) => content.sheets[figure.dataset.sheet].choices.includes(name)));
    });
  }

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
