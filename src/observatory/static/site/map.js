// The map of initiatives: our own layer over Leaflet. Canvas, groups by a grid, no request to others.
(() => {
  "use strict";
  const box = document.getElementById("map");
  if (!box || !window.L) return;
  const told = box.dataset;
  const atlas = document.querySelector(".atlas");
  const list = document.getElementById("visibles");
  const sentence = document.getElementById("liste-dite");
  const CELL = 60, LISTED = 30, NEAR = 16, QUARTERS_FROM = 11, NAMES_FROM = 13, BORDERS_TO = 11;
  const paths = new Map();
  document.querySelectorAll(".legend path").forEach((p) =>
    paths.set(p.dataset.theme, new Path2D(p.getAttribute("d"))));

  document.querySelector(".drawn").hidden = false;
  const switcher = document.querySelector(".switch");
  switcher.hidden = false;
  switcher.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-show]");
    if (!wanted) return;
    atlas.dataset.view = wanted.dataset.show;
    switcher.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", b === wanted));
    map.invalidateSize();
    if (!placed) place();
  });

  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    zoomControl: false, attributionControl: false, zoomAnimation: false, fadeAnimation: false,
    inertia: !still, minZoom: 3, maxZoom: 18, zoomSnap: 0.25, zoomDelta: 1, wheelPxPerZoomLevel: 90, worldCopyJump: false,
  });
  L.control.zoom({ zoomInTitle: told.zoomIn, zoomOutTitle: told.zoomOut }).addTo(map);
  if (told.tiles) {
    L.tileLayer(told.tiles, { maxZoom: 18 }).addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(told.credit).addTo(map);
  }

  // Places as fractions of the world's width in Web Mercator: one multiplication a zoom.
  const east = (lon) => (lon + 180) / 360;
  const south = (lat) => {
    const s = Math.sin((Math.max(-85, Math.min(85, lat)) * Math.PI) / 180);
    return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
  };
  let points = null, land = [], quarters = null, asked = false, groups = [], colours = {}, placed = false;

  function readColours() {
    const style = getComputedStyle(document.documentElement);
    const value = (name) => style.getPropertyValue(name).trim();
    colours = { land: value("--raised"), rule: value("--field"), blue: value("--blue"), on: value("--on-blue"),
      ink: value("--ink"), soft: value("--soft"), brick: value("--brick"), pale: value("--pale-brick"), paper: value("--paper") };
    for (const slug of paths.keys()) colours[`t-${slug}`] = slug ? value(`--t-${slug}`) : colours.soft;
  }

  const Layer = L.Layer.extend({
    onAdd() {
      this.canvas = L.DomUtil.create("canvas", "", map.getPanes().overlayPane);
      map.on("moveend resize", this.draw, this);
      this.draw();
    },
    draw() {
      const size = map.getSize(), pad = size.multiplyBy(0.4), zoom = map.getZoom();
      if (!size.x || !size.y) return;
      const corner = map.containerPointToLayerPoint(pad.multiplyBy(-1)).round();
      const width = Math.round(size.x + 2 * pad.x), height = Math.round(size.y + 2 * pad.y);
      const sharp = Math.min(2, window.devicePixelRatio || 1);
      L.DomUtil.setPosition(this.canvas, corner);
      this.canvas.width = width * sharp;
      this.canvas.height = height * sharp;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
      const pen = this.canvas.getContext("2d");
      pen.scale(sharp, sharp);
      const origin = map.getPixelOrigin().add(corner), scale = 256 * 2 ** zoom;
      this.at = (x, y) => [x * scale - origin.x, y * scale - origin.y];
      if (!told.tiles) this.drawLand(pen, width, height);
      if (zoom >= QUARTERS_FROM) this.drawQuarters(pen, width, height, scale, zoom);
      if (points) this.drawPoints(pen, width, height, scale, origin, zoom);
    },
    drawLand(pen, width, height) {
      // Right to a few kilometres: nearer, a border would say more than is known.
      const borders = map.getZoom() < BORDERS_TO;
      pen.fillStyle = colours.land;
      pen.strokeStyle = colours.rule;
      pen.lineWidth = 0.6;
      pen.lineJoin = "round";
      for (const ring of land) {
        const [left, top] = this.at(ring.west, ring.north), [right, bottom] = this.at(ring.east, ring.south);
        if (right < 0 || bottom < 0 || left > width || top > height) continue;
        pen.beginPath();
        for (let i = 0; i < ring.xy.length; i += 2) pen.lineTo(...this.at(ring.xy[i], ring.xy[i + 1]));
        pen.closePath();
        pen.fill();
        if (borders) pen.stroke();
      }
    },
    drawQuarters(pen, width, height, scale, zoom) {
      if (!quarters) { askQuarters(); return; }
      pen.fillStyle = colours.pale;
      pen.strokeStyle = colours.brick;
      pen.lineWidth = 1;
      pen.font = "13px sans-serif";
      pen.textAlign = "center";
      const named = [];
      for (const q of quarters) {
        const [x, y] = this.at(q.x, q.y), radius = q.radius * scale;
        if (x < -radius || y < -radius || x > width + radius || y > height + radius) continue;
        pen.beginPath();
        pen.arc(x, y, Math.max(3, radius), 0, 2 * Math.PI);
        pen.globalAlpha = 0.55;
        pen.fill();
        pen.globalAlpha = 1;
        pen.stroke();
        named.push({ name: q.name, x, y: y - Math.max(3, radius) - 5, radius });
      }
      if (zoom >= NAMES_FROM) this.drawNames(pen, named);
    },
    drawNames(pen, named) {
      const taken = [];
      pen.strokeStyle = colours.land;
      pen.fillStyle = colours.ink;
      pen.lineWidth = 4;
      for (const q of named.sort((a, b) => b.radius - a.radius)) {
        const half = pen.measureText(q.name).width / 2 + 4;
        if (taken.some((t) => Math.abs(t.x - q.x) < t.half + half && Math.abs(t.y - q.y) < 17)) continue;
        taken.push({ x: q.x, y: q.y, half });
        pen.strokeText(q.name, q.x, q.y);
        pen.fillText(q.name, q.x, q.y);
      }
    },
    drawPoints(pen, width, height, scale, origin, zoom) {
      const cell = zoom >= 15 ? 10 : CELL, found = new Map();
      for (let i = 0; i < points.count; i++) {
        const x = points.x[i] * scale, y = points.y[i] * scale;
        const px = x - origin.x, py = y - origin.y;
        if (px < -CELL || py < -CELL || px > width + CELL || py > height + CELL) continue;
        const key = Math.floor(x / cell) * 67108864 + Math.floor(y / cell);
        const group = found.get(key);
        if (!group) found.set(key, { x: px, y: py, n: 1, first: i, all: [i] });
        else { group.x += px; group.y += py; group.n += 1; group.all.push(i); }
      }
      groups = [...found.values()].sort((a, b) => a.n - b.n);
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      for (const group of groups) {
        group.x /= group.n;
        group.y /= group.n;
        pen.save();
        pen.translate(group.x, group.y);
        if (group.n === 1) this.drawOne(pen, points.theme[group.first]);
        else this.drawGroup(pen, group);
        pen.restore();
      }
      pen.textBaseline = "alphabetic";
    },
    drawOne(pen, theme) {
      pen.strokeStyle = colours.paper;
      pen.lineWidth = 3;
      pen.lineJoin = "round";
      pen.stroke(paths.get(theme));
      pen.fillStyle = colours[`t-${theme}`];
      pen.fill(paths.get(theme));
    },
    drawGroup(pen, group) {
      group.radius = Math.min(27, 10 + 1.6 * Math.log2(group.n));
      pen.beginPath();
      pen.arc(0, 0, group.radius, 0, 2 * Math.PI);
      pen.fillStyle = colours.blue;
      pen.strokeStyle = colours.paper;
      pen.lineWidth = 2;
      pen.fill();
      pen.stroke();
      pen.fillStyle = colours.on;
      pen.font = "bold 13px sans-serif";
      pen.fillText(group.n > 9999 ? `${Math.round(group.n / 1000)}k` : group.n, 0, 0.5);
    },
    under(event) {
      const p = map.latLngToLayerPoint(event.latlng).subtract(L.DomUtil.getPosition(this.canvas));
      let best = null, least = Infinity;
      for (const group of groups) {
        const away = Math.hypot(group.x - p.x, group.y - p.y);
        if (away <= Math.max(NEAR, group.radius || 0) && away < least) { best = group; least = away; }
      }
      return best;
    },
  });
  const layer = new Layer();

  async function ask(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }

  async function askQuarters() {
    if (asked) return;
    asked = true;
    try {
      quarters = (await ask(told.quarters)).map(([code, name, lon, lat, metres]) => ({
        code, name, x: east(lon), y: south(lat),
        radius: metres / (40075017 * Math.cos((lat * Math.PI) / 180)),
      }));
      layer.draw();
    } catch { asked = false; }
  }

  function readPoints(given) {
    const count = given.n.length;
    points = { count, n: given.n, x: new Float64Array(count), y: new Float64Array(count), theme: given.theme.map((t) => given.themes[t]) };
    for (let i = 0; i < count; i++) {
      points.x[i] = east(given.lon[i] / 1e5);
      points.y[i] = south(given.lat[i] / 1e5);
    }
    points.bounds = count ? [[Math.min(...given.lat) / 1e5, Math.min(...given.lon) / 1e5], [Math.max(...given.lat) / 1e5, Math.max(...given.lon) / 1e5]] : null;
  }

  function readLand(given) {
    for (const rings of Object.values(given)) {
      for (const flat of rings) {
        const ring = { xy: new Float64Array(flat.length), west: Infinity, east: -Infinity, north: Infinity, south: -Infinity };
        for (let i = 0; i < flat.length; i += 2) {
          const x = (ring.xy[i] = east(flat[i] / 1000)), y = (ring.xy[i + 1] = south(flat[i + 1] / 1000));
          ring.west = Math.min(ring.west, x); ring.east = Math.max(ring.east, x);
          ring.north = Math.min(ring.north, y); ring.south = Math.max(ring.south, y);
        }
        land.push(ring);
      }
    }
  }

  // The address keeps the view: #zoom/latitude/longitude.
  function fromAddress() {
    const said = /^#(\d{1,2}(?:\.\d+)?)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(location.hash);
    if (!said) return false;
    const [zoom, lat, lon] = said.slice(1).map(Number);
    if (!(Math.abs(lat) <= 85 && Math.abs(lon) <= 180)) return false;
    map.setView([lat, lon], Math.min(18, Math.max(3, zoom)));
    return true;
  }
  function place() {
    if (!map.getSize().x) return;
    placed = true;
    if (fromAddress()) return;
    const near = points && points.bounds && points.bounds[1][1] - points.bounds[0][1] < 8;
    map.fitBounds(near ? points.bounds : [[41.8, -4.8], [51.1, 9.2]], { padding: [12, 12], maxZoom: 15 });
  }
  addEventListener("hashchange", fromAddress);

  const element = (tag, text, parent) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  };
  function link(row, parent) {
    const made = element("a", row.title, parent);
    made.href = told.page.replace("ID", encodeURIComponent(row.id));
    made.lang = "fr";
    return made;
  }
  const names = async (indexes) => (await ask(`${told.names}&n=${indexes.map((i) => points.n[i]).join(",")}`)).rows;

  // The list says what the map shows: the keyboard's way to it.
  let timer = 0, turn = 0;
  function listSoon() { clearTimeout(timer); timer = setTimeout(listVisible, 350); }
  async function listVisible() {
    if (!points || !map.getSize().x) return;
    const mine = ++turn, bounds = map.getBounds(), centre = map.getCenter();
    const west = east(bounds.getWest()), right = east(bounds.getEast()), top = south(bounds.getNorth()), bottom = south(bounds.getSouth());
    const cx = east(centre.lng), cy = south(centre.lat), inside = [];
    for (let i = 0; i < points.count; i++) {
      const x = points.x[i], y = points.y[i];
      if (x >= west && x <= right && y >= top && y <= bottom) inside.push([(x - cx) ** 2 + (y - cy) ** 2, i]);
    }
    inside.sort((a, b) => a[0] - b[0]);
    const some = inside.slice(0, LISTED).map((pair) => pair[1]);
    const rows = some.length ? await names(some).catch(() => null) : [];
    if (mine !== turn || !rows) return;
    const say = !inside.length ? told.none : inside.length > some.length ? told.some : told.all;
    sentence.textContent = say.replace("N", inside.length.toLocaleString(document.documentElement.lang)).replace("M", some.length);
    const focused = list.contains(document.activeElement) && document.activeElement.getAttribute("href");
    list.replaceChildren(...rows.map((row) => {
      const item = element("li");
      link(row, element("h3", "", item));
      element("p", [row.commune, row.qpv_etat !== "hors" && row.qpv_nom].filter(Boolean).join(" · "), item).className = "where";
      return item;
    }));
    if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }

  async function open(group) {
    const some = group.all.slice(0, 40), rows = await names(some).catch(() => []);
    if (!rows.length) return;
    const content = element("div");
    if (rows.length === 1) {
      element("b", rows[0].title, content).lang = "fr";
      element("p", rows[0].commune || "", content);
      link({ ...rows[0], title: told.open }, element("p", "", content)).removeAttribute("lang");
    } else {
      element("b", told.here.replace("N", group.n), content);
      const all = element("ul", "", content);
      rows.forEach((row) => link(row, element("li", "", all)));
    }
    const i = group.first;
    L.popup({ maxWidth: 280, autoPan: !still }).setLatLng(unproject(points.x[i], points.y[i])).setContent(content).openOn(map);
  }
  const unproject = (x, y) => [(360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90, x * 360 - 180];

  map.on("click", (event) => {
    const group = layer.under(event);
    if (!group) return;
    const spread = group.all.map((i) => unproject(points.x[i], points.y[i]));
    const bounds = L.latLngBounds(spread);
    if (group.n > 1 && map.getZoom() < 17 && bounds.getNorthEast().distanceTo(bounds.getSouthWest()) > 15)
      map.setView(bounds.getCenter(), Math.min(17, Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds.pad(0.2)))));
    else open(group);
  });
  map.on("mousemove", (event) => box.classList.toggle("pointing", Boolean(layer.under(event))));
  map.on("moveend", () => {
    const c = map.getCenter(), digits = map.getZoom() > 12 ? 4 : 2;
    if (placed && started) history.replaceState(null, "", `#${+map.getZoom().toFixed(2)}/${c.lat.toFixed(digits)}/${c.lng.toFixed(digits)}`);
    if (started) listSoon();
  });

  readColours();
  const repaint = () => { readColours(); layer.draw(); };
  new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-mode"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

  let started = false;
  Promise.all([ask(told.points), ask(told.outlines)]).then(([given, outlines]) => {
    readPoints(given);
    readLand(outlines);
    place();
    if (!placed) map.setView([46.6, 2.4], 5);
    layer.addTo(map);
    started = true;
    if (fromAddress() || points.count) listSoon();
  }).catch(() => { element("p", told.failed, box).className = "note doubt"; });
})();
