{
  const people = document.getElementById("people-table");
  const form = document.getElementById("filter");
  const all = document.getElementById("all");

  // Of a long table the first rows are drawn: a browser needs seconds for thousands.
  const most = Number(people.dataset.most);
  const limit = () => {
    let count = 0;
    for (const row of people.tBodies[0].rows) {
      count += !row.hidden;
      row.classList.toggle("more", count > most);
    }
    all.hidden = count <= most || people.classList.contains("whole");
    const total = people.tBodies[0].rows.length;
    const drawn = all.hidden ? "" : `; the first ${most} are shown`;
    document.getElementById("shown").textContent = `${count} of ${total} people${drawn}`;
  };
  all.addEventListener("click", () => {
    people.classList.add("whole");
    limit();
  });

  // A table is sorted by the header that is pressed; what has no value comes last.
  const byText = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  const sort = (table, header) => {
    const isDown = header.getAttribute("aria-sort") === "ascending";
    const column = header.cellIndex;
    const isNumber = "number" in header.dataset;
    const body = table.tBodies[0];
    const keyed = [...body.rows].map((row) => {
      const cell = row.cells[column];
      const text = cell.dataset.value ?? cell.textContent.trim();
      return [text === "" || !isNumber ? text : Number(text), row];
    });
    const compare = isNumber ? (a, b) => a - b : byText;
    keyed.sort(([a], [b]) => {
      if (a === "" || b === "") return (a === "") - (b === "");
      return isDown ? compare(b, a) : compare(a, b);
    });
    body.append(...keyed.map(([, row]) => row));
    for (const other of header.parentNode.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    if (table === people) limit();
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sort(table, header));
    }
  }

  // The table of people shows those who fit all that was chosen.
  const known = [...people.tBodies[0].rows].map((row) => ({
    row,
    text: [...row.cells]
      .filter((cell) => !cell.classList.contains("amount"))
      .map((cell) => cell.textContent.toLowerCase())
      .join("\n"),
    status: row.querySelector(".status").textContent,
    isLate: Boolean(row.querySelector(".late")?.textContent),
    lost: (row.dataset.lost ?? "").split(" "),
    mistakes: (row.dataset.mistakes ?? "").split(" "),
  }));
  const filter = () => {
    const [search, status, stub, mistake] = ["search", "status", "stub", "mistake"].map(
      (id) => document.getElementById(id).value,
    );
    const words = search.toLowerCase().split(/\s+/);
    for (const one of known) {
      one.row.hidden = !(
        words.every((word) => one.text.includes(word)) &&
        (status === "" || (status === "late" ? one.isLate : one.status === status)) &&
        (stub === "" || one.lost.includes(stub)) &&
        (mistake === "" || one.mistakes.includes(mistake))
      );
    }
    limit();
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter)); // when the fields are empty
  filter();

  for (const button of document.querySelectorAll("button[data-filter]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      form.reset();
      document.getElementById("mistake").value = button.dataset.filter;
      filter();
      document.getElementById("people").scrollIntoView();
      document.getElementById("mistake").focus({ preventScroll: true });
    });
  }

  // A link to somebody who is filtered away shows everybody.
  addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target?.hidden) {
      form.reset();
      filter();
      target.scrollIntoView();
    }
  });
}
