// Page /admin/droits: arrow keys walk over the boxes, and the bar says how many differ from what is kept.
const boxesOf = (row) => [...row.querySelectorAll("td")].map((cell) => cell.querySelector("input"));

for (const matrix of document.querySelectorAll("[data-matrix]")) {
  const rows = [...matrix.querySelectorAll("tbody tr")].map(boxesOf).filter((row) => row.some(Boolean));
  const count = document.querySelector("[data-matrix-count]");
  const rest = count?.textContent;

  const step = (row, column, [down, across]) => {
    for (let r = row + down, c = column + across; rows[r] && c >= 0 && c < rows[r].length; r += down, c += across) {
      if (rows[r][c] && !rows[r][c].disabled) return rows[r][c];
    }
    return null;
  };

  matrix.addEventListener("keydown", (event) => {
    const way = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
    const row = rows.findIndex((boxes) => boxes.includes(event.target));
    if (!way || row < 0) return;
    event.preventDefault();
    const next = step(row, rows[row].indexOf(event.target), way);
    next?.focus();
    // Sticky headers must not cover what has the focus.
    next?.scrollIntoView({ block: "center", inline: "center" });
  });

  const tell = () => {
    const touched = rows.flat().filter((box) => box && box.checked !== box.defaultChecked);
    for (const box of rows.flat()) box?.closest("td").classList.toggle("is-touched", box.checked !== box.defaultChecked);
    if (count) count.textContent = touched.length === 0 ? rest : `${touched.length} ${touched.length > 1 ? "changements" : "changement"} à examiner, rien n’est encore enregistré.`;
  };

  matrix.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);
}
