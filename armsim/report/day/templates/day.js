"use strict";
(async () => {
  const find = (id) => document.getElementById(id);
  const read = (id) => JSON.parse(find(id).textContent);
  const film = read("film");
  const OFF = 4, FIREARMS = 0, LISTS_EVERY = 250;
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const incidents = new Map(film.incidents.map((one) => [one.n, one]));
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  // --- what holds at a minute --------------------------------------------------------------------

  /** Index of the last row that begins by a minute; rows begin with their minute. -1 before the first. */
  const upTo = (rows, minute) => {
    let low = 0, high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle][0] <= minute) low = middle + 1; else high = middle;
    }
    return low - 1;
  };

  /** Where a leg is at a minute: on the straight line, at even speed. */
  const along = ([, x, y, toX, toY, departs, arrives], minute) => {
    if (minute >= arrives) return { x: toX, y: toY };
    const share = minute <= departs ? 0 : (minute - departs) / (arrives - departs);
    return { x: x + share * (toX - x), y: y + share * (toY - y) };
  };

  const place = (unit, minute) => along(unit.legs[Math.max(upTo(unit.legs, minute), 0)], minute);

  /** Straight pieces of the way of a unit over the last minutes. */
  const trail = (unit, minute, look) => {
    const pieces = [], from = minute - film.trail;
    let until = minute;
    for (let index = upTo(unit.legs, minute); index >= 0 && until > from; index--) {
      const leg = unit.legs[index];
      const first = along(leg, Math.max(leg[0], from)), last = along(leg, until);
      if (first.x !== last.x || first.y !== last.y) pieces.push({ ...first, x2: last.x, y2: last.y, look });
      until = leg[0];
    }
    return pieces;
  };

  const called = (number) => {
    const incident = incidents.get(number);
    if (incident) return `${incident.type} in ${incident.zone} (${number})`;
    return number < -1 ? "a post" : number < 0 ? "other work" : `incident ${number}`;
  };

  const does = (unit, minute) => {
    const index = upTo(unit.does, minute);
    const [, status, incident] = index < 0 ? [0, film.statuses.findIndex((one) => one[0] === OFF), -1] : unit.does[index];
    const [look, words] = film.statuses[status];
    return { look, incident, words: words.endsWith(" ") ? words + called(incident) : words };
  };

  const minutesFrom = (value) => value === null ? Infinity : value;

  /** All that the page shows of a minute. */
  const moment = (minute) => {
    const units = film.units.map((unit) => {
      const doing = does(unit, minute), kind = film.kinds[unit.kind];
      const tip = `${unit.name}: ${doing.words}`;
      const trails = trail(unit, minute, doing.look);
      return { name: unit.name, kind: unit.kind, arv: kind.arv, tip, trails, ...doing, ...place(unit, minute) };
    }).filter((one) => one.look !== OFF);
    const open = film.incidents
      .filter((one) => one.from <= minute && minute < minutesFrom(one.until))
      .map((one) => ({ ...one, there: minutesFrom(one.there) <= minute, tip: `${one.grade}: ${called(one.n)}` }));
    const counts = film.arvs[Math.max(upTo(film.arvs, minute), 0)];
    const level = film.levels[Math.max(upTo(film.levels, minute), 0)];
    return { minute, units, open, free: counts[1], duty: counts[2], level: level ? level[1] : "" };
  };

  const clock = (minute) => {
    const at = new Date(film.opens + Math.floor(minute + 1e-6) * 60000);
    const two = (number) => String(number).padStart(2, "0");
    return `${DAYS[at.getUTCDay()]} ${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ` +
      `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  };

  // --- drawings ----------------------------------------------------------------------------------

  const draw = async (spec, id) =>
    (await vegaEmbed(find(id), read(spec), { mode: "vega", renderer: "canvas", actions: false, hover: false })).view;
  const ground = await draw("ground-spec", "ground");
  const map = await draw("map-spec", "map"), chart = await draw("chart-spec", "chart");
  const ratio = film.size[1] / film.size[0];

  const fit = () => {
    const width = Math.floor(Math.min(find("ground").clientWidth, 0.82 * window.innerHeight / ratio));
    for (const half of [ground, map]) half.width(width).height(Math.floor(width * ratio)).run();
    const pad = chart.padding();
    chart.width(find("chart").clientWidth - pad.left - pad.right).run();
  };

  /** By how many lines the name of each ARV is raised, so that names of neighbours do not cover each other. */
  const stacked = (units) => {
    const placed = [], km = film.size[0] / map.width();
    return units.map((one) => {
      let above = 0;
      const height = () => one.y + 13 * km * above;
      const width = (8 * one.name.length + 4) * km;  // a letter of the names' type is 8 pixels at most, on average
      const covers = (other) => other.x < one.x + width && one.x < other.x + other.width &&
        Math.abs(other.y - height()) < 12.9 * km;
      while (one.arv && placed.some(covers)) above += 1;
      if (one.arv) placed.push({ x: one.x, y: height(), width });
      return { ...one, above };
    });
  };

  const paint = (now) => {
    const shown = new Set([...document.querySelectorAll(".kind:checked")].map((box) => Number(box.value)));
    // Armed response vehicles come last, so that no other unit covers them.
    const units = now.units.filter((one) => shown.has(one.kind)).sort((one, other) => one.arv - other.arv);
    map.data("trails", units.flatMap((one) => one.trails)).data("incidents", now.open)
      .data("units", stacked(units)).run();
    chart.signal("now", film.opens + 60000 * now.minute).run();
  };

  // --- lists -------------------------------------------------------------------------------------

  const SVG = "http://www.w3.org/2000/svg";
  const UNIT_SIGNS = read("map-spec").scales.filter((scale) => ["colour", "shape", "grade"].includes(scale.name));
  const [colours, shapes, grades] = UNIT_SIGNS.map((scale) => scale.range);

  const sign = (shape, colour, hollow) => {
    const svg = document.createElementNS(SVG, "svg"), use = document.createElementNS(SVG, "use");
    svg.setAttribute("class", "sign");
    svg.setAttribute("viewBox", "-6 -6 12 12");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#sign-${shape}`);
    use.setAttribute("fill", hollow ? "none" : colour);
    use.setAttribute("stroke", colour);
    use.setAttribute("stroke-width", hollow ? 1.6 : 0.5);
    svg.append(use);
    return svg;
  };

  const line = (mark, head, text) => {
    const item = document.createElement("li"), strong = document.createElement("b");
    strong.textContent = head;
    item.append(mark, " ", strong, ` ${text}`);
    return item;
  };

  const told = {};
  /** Fill a list, unless it says the same already. */
  const fill = (id, rows) => {
    const key = JSON.stringify(rows);
    if (told[id] === key) return;
    told[id] = key;
    const list = find(id), top = list.scrollTop;
    list.replaceChildren(...rows.map(([shape, colour, hollow, head, text]) => line(sign(shape, colour, hollow), head, text)));
    list.scrollTop = top;
  };

  const list = (now) => {
    const sent = new Map();
    for (const one of now.units) if (one.look < 3) sent.set(one.incident, [...(sent.get(one.incident) || []), one.name]);
    const open = [...now.open].sort((one, other) => one.look - other.look || one.from - other.from);
    fill("open", open.map((one) => {
      const names = sent.get(one.n) || [];
      const who = names.length ? `; ${names.join(", ")}${one.there ? "" : " on the way"}` : "; no unit";
      const ago = Math.floor(now.minute - one.from);
      return ["diamond", grades[one.look], !one.there, one.grade, `${called(one.n)}, ${ago} min ago${who}`];
    }));
    const units = [...now.units].sort((one, other) => other.arv - one.arv || one.kind - other.kind || 0);
    fill("units", units.map((one) => [shapes[one.look], colours[one.look], false, one.name, one.words]));
    find("count").textContent = now.open.length;
    find("free").textContent = `${now.free} of ${now.duty}`;
    find("level").textContent = now.level;
  };

  // --- time --------------------------------------------------------------------------------------

  let minute = film.begin, playing = false, last = 0, listed = -Infinity;
  const speed = () => Number(find("speed").value);
  const say = (text) => { find("said").textContent = text; };

  const show = (wanted) => {
    minute = Math.min(Math.max(wanted, film.begin), film.end);
    const now = moment(minute), text = clock(minute);
    paint(now);
    find("clock").textContent = text;
    find("time").value = minute;
    find("time").setAttribute("aria-valuetext", text);
    if (!playing || performance.now() - listed > LISTS_EVERY) {
      list(now);
      listed = performance.now();
    }
  };

  const tick = (at) => {
    if (!playing) return;
    const gone = at - last;
    // Who asks for less motion sees a step a second.
    if (!still.matches || gone >= 1000) {
      last = at;
      show(minute + speed() * Math.min(gone, still.matches ? 1000 : 250) / 1000);
    }
    if (minute >= film.end) stop("The end of the replay.");
    else requestAnimationFrame(tick);
  };

  const start = () => {
    if (minute >= film.end) show(film.begin);
    playing = true;
    last = performance.now();
    find("play").textContent = "Pause";
    say("Playing.");
    requestAnimationFrame(tick);
  };

  const stop = (words) => {
    playing = false;
    find("play").textContent = "Play";
    show(minute);
    say(words || `Stopped at ${clock(minute)}.`);
  };

  const step = (minutes) => {
    if (playing) stop();
    show(Math.round(minute + minutes));
    say(clock(minute));
  };

  const next = () => {
    const found = film.incidents.find((one) => one.look === FIREARMS && one.from > minute + 1e-9);
    if (!found) return say("No further firearms incident in this replay.");
    show(found.from);
    return say(`${clock(minute)}: ${called(found.n)}.`);
  };

  find("play").addEventListener("click", () => (playing ? stop() : start()));
  find("back").addEventListener("click", (event) => step(event.shiftKey ? -15 : -1));
  find("on").addEventListener("click", (event) => step(event.shiftKey ? 15 : 1));
  find("next").addEventListener("click", next);
  find("time").addEventListener("input", (event) => show(Number(event.target.value)));
  for (const box of document.querySelectorAll(".kind")) box.addEventListener("change", () => show(minute));
  for (const button of document.querySelectorAll(".go")) {
    button.addEventListener("click", () => {
      show(Number(button.dataset.minute));
      say(`The replay is at ${clock(minute)}.`);
    });
  }
  chart.addEventListener("click", (event) => {
    const at = event.offsetX - chart.padding().left;
    show((Number(chart.scale("x").invert(at)) - film.opens) / 60000);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const inside = event.target instanceof Element ? event.target : document.body;
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === " " && !inside.closest("button, select, a, input[type=checkbox]")) {
      event.preventDefault();
      if (playing) stop(); else start();
    } else if (steps && !inside.closest("select, .scroll")) {
      event.preventDefault();
      step(steps * (event.shiftKey ? 15 : 1));
    }
  });
  window.addEventListener("resize", () => { fit(); show(minute); });
  window.armsim = { moment, show, clock, now: () => minute };
  fit();
  show(minute);
})();
