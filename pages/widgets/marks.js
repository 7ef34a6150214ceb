// What is marked in the cloud, drawn on the canvas above it. `place` tells where a place of the cloud
// stands on the screen, `width` how wide that canvas is, `followed` which point of the trail to dot.
const filled = (mark) => mark && mark.x !== undefined && mark.x !== null;

const drawMarks = (pen, place, colours, width, followed) => {
  pen.lineJoin = pen.lineCap = "round";

  const outlined = (path, colour, thick, fill) => {
    pen.lineWidth = thick + 3;
    pen.strokeStyle = colours.back;
    pen.stroke(path);
    if (fill) {
      pen.fillStyle = fill;
      pen.fill(path);
    }
    pen.lineWidth = thick;
    pen.strokeStyle = colour;
    pen.stroke(path);
  };
  const curve = (places) => {
    const path = new Path2D();
    places.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
    return path;
  };
  const ring = (x, y, radius) => {
    const path = new Path2D();
    path.arc(x, y, radius, 0, 2 * Math.PI);
    return path;
  };
  const named = (text, x, y, colour) => {
    if (!text) return;
    pen.font = `600 13px ${colours.font}`;
    pen.textBaseline = "middle";
    const left = x + 13 + pen.measureText(text).width > width ? x - 13 - pen.measureText(text).width : x + 13;
    pen.lineWidth = 4;
    pen.strokeStyle = colours.back;
    pen.strokeText(text, left, y);
    pen.fillStyle = colour;
    pen.fillText(text, left, y);
  };

  const { ellipsoid, trail, picked, landed, marker } = props;
  if (ellipsoid && ellipsoid.centre) {
    const turn = Array.from({ length: 61 }, (_, i) => (i * 2 * Math.PI) / 60);
    for (const [one, two] of [[0, 1], [1, 2], [2, 0]]) {
      const great = curve(turn.map((angle) => place(...ellipsoid.centre.map((middle, i) =>
        middle + Math.cos(angle) * ellipsoid.axes[one][i] + Math.sin(angle) * ellipsoid.axes[two][i]))));
      pen.globalAlpha = 0.14;
      pen.fillStyle = colours.accent;
      pen.fill(great);
      pen.globalAlpha = 1;
      pen.lineWidth = 1.5;
      pen.strokeStyle = colours.accent;
      pen.stroke(great);
    }
    named(word("posterior"), ...place(...ellipsoid.centre).slice(0, 2), colours.accent);
  }
  const way = trail ? ["x", "y", "z"].map((axis) => numbers(trail[axis])) : [[]];
  if (way[0].length) {
    const places = Array.from(way[0], (x, i) => place(x, way[1][i], way[2]?.[i] || 0));
    outlined(curve(places), colours.text, 2.5);
    const [x, y] = places[Math.min(followed, places.length - 1)] || [];
    if (x !== undefined) outlined(ring(x, y, 6), colours.text, 2, colours.accent);
  }
  for (const point of picked || []) {
    const [x, y] = place(point.x, point.y, point.z || 0);
    outlined(ring(x, y, 7), colours.text, 2.5);
    named(point.name, x, y, colours.text);
  }
  if (filled(landed)) {
    const [x, y] = place(landed.x, landed.y, landed.z || 0);
    const star = Array.from({ length: 11 }, (_, i) => {
      const [angle, radius] = [(i * Math.PI) / 5 - Math.PI / 2, i % 2 ? 4.6 : 11];
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    });
    outlined(curve(star), colours.text, 1.5, "#facc15");
    named(word("landed"), x, y, colours.text);
  }
  if (filled(marker)) {
    const [x, y] = place(marker.x, marker.y, marker.z || 0);
    const diamond = curve([[0, -10], [10, 0], [0, 10], [-10, 0], [0, -10]].map(([a, b]) => [x + a, y + b]));
    outlined(diamond, colours.accent, 3);
    pen.fillStyle = colours.accent;
    pen.fill(ring(x, y, 2.5));
  }
};
