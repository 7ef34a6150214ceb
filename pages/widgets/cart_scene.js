// What a cart's world looks like: a track with its metres and its ends, carts, poles, forces, shoves.
const scene = (() => {
  const REACH = 2.78; // m from the middle to the edge of the picture
  const LIMB = 0.62; // of the height, for the longest pole

  const layout = (width, height, world) => {
    const scale = Math.min(width / (2 * REACH), (LIMB * height) / (2 * world.half_length));
    const ground = height - Math.max(34, 0.14 * height);
    const unit = Math.max(0.72, Math.min(1.25, scale / 125)); // of the cart, whose size is no length of the world
    return { width, height, scale, ground, unit, middle: width / 2 };
  };

  const rounded = (context, x, y, width, height, radius) => {
    context.beginPath();
    context.roundRect(x, y, width, height, radius);
  };

  const backdrop = (context, place, colours) => {
    const { width, height, scale, ground, middle } = place;
    const at = (metres) => middle + metres * scale;
    context.font = `11px ${colours.font}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (let metres = -2; metres <= 2; metres += 0.5) {
      const whole = Number.isInteger(metres);
      const x = Math.round(at(metres)) + 0.5;
      if (whole) {
        context.globalAlpha = colours.dark ? 0.28 : 0.5;
        context.strokeStyle = colours.line;
        context.lineWidth = 1;
        context.beginPath();
        context.moveTo(x, 14);
        context.lineTo(x, ground - 3);
        context.stroke();
      }
      context.globalAlpha = 1;
      context.strokeStyle = colours.soft;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, ground + 3);
      context.lineTo(x, ground + (whole ? 9 : 6));
      context.stroke();
      if (whole && (scale > 38 || metres % 2 === 0)) {
        context.fillStyle = colours.soft;
        context.fillText(metres ? `${metres > 0 ? "+" : "−"}${Math.abs(metres)} m` : "0", x, ground + 12);
      }
    }
    // Where the cart must not go: beyond both ends the ground is gone.
    for (const side of [-1, 1]) {
      const x = at(side * cartpole.track);
      const edge = side < 0 ? 0 : width;
      context.globalAlpha = colours.dark ? 0.13 : 0.08;
      context.fillStyle = colours.bad;
      context.fillRect(Math.min(x, edge), 0, Math.abs(edge - x), ground + 2);
      context.globalAlpha = 0.85;
      context.strokeStyle = colours.bad;
      context.lineWidth = 2;
      context.setLineDash([5, 5]);
      context.beginPath();
      context.moveTo(x, 14);
      context.lineTo(x, ground + 2);
      context.stroke();
      context.setLineDash([]);
    }
    context.globalAlpha = 1;
    context.strokeStyle = colours.text;
    context.lineWidth = 2;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(at(-cartpole.track), ground + 1);
    context.lineTo(at(cartpole.track), ground + 1);
    context.stroke();
  };

  const arrow = (context, x, y, length, thick, colour) => {
    const head = Math.min(Math.abs(length), 2.2 * thick) * Math.sign(length);
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = thick;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + length - head, y);
    context.stroke();
    context.beginPath();
    context.moveTo(x + length, y);
    context.lineTo(x + length - head, y - 1.3 * thick);
    context.lineTo(x + length - head, y + 1.3 * thick);
    context.fill();
  };

  const wheel = (context, x, y, radius, turned, colours, colour) => {
    context.fillStyle = colours.back;
    context.strokeStyle = colour;
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.lineWidth = 1.5;
    context.beginPath();
    for (const spoke of [0, Math.PI / 2]) {
      const [dx, dy] = [Math.cos(turned + spoke) * radius * 0.7, Math.sin(turned + spoke) * radius * 0.7];
      context.moveTo(x - dx, y - dy);
      context.lineTo(x + dx, y + dy);
    }
    context.stroke();
  };

  // Where a cart's parts are, in pixels.
  const parts = (place, [x, , angle], world) => {
    const { scale, ground, unit, middle } = place;
    const [wide, high, radius] = [62 * unit, 24 * unit, 8 * unit];
    const left = middle + x * scale;
    const top = ground - radius * 1.5 - high;
    const length = 2 * world.half_length * scale;
    const tip = [left + Math.sin(angle) * length, top + 4 * unit - Math.cos(angle) * length];
    return { x: left, top, wide, high, radius, pivot: [left, top + 4 * unit], length, tip };
  };

  const wedge = (context, { pivot, length }, colours) => {
    context.globalAlpha = colours.dark ? 0.09 : 0.07;
    context.fillStyle = colours.text;
    const up = -Math.PI / 2;
    context.beginPath();
    context.moveTo(...pivot);
    context.arc(...pivot, length + 10, up - cartpole.angle, up + cartpole.angle);
    context.fill();
    context.globalAlpha = 1;
  };

  const cart = (context, place, { state, forces, colour, faded, title }, world, colours) => {
    const { unit, scale, ground } = place;
    const body = parts(place, state, world);
    const { x, top, wide, high, radius, pivot, tip } = body;
    context.globalAlpha = faded ? 0.45 : 1;
    if (!faded) wedge(context, body, colours);
    context.globalAlpha = (faded ? 0.45 : 1) * (colours.dark ? 0.5 : 0.16);
    context.fillStyle = "#000";
    context.beginPath();
    context.ellipse(x, ground + 3, wide * 0.52, 3.5, 0, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = faded ? 0.45 : 1;
    forces.forEach((force, side) => {
      const out = side ? 1 : -1;
      if (force > 0.05) arrow(context, x + out * (wide / 2 + 8), top + high / 2, out * force * 44 * unit, 5 * unit, colours.diverging[side ? 2 : 0]);
    });
    context.fillStyle = colour;
    rounded(context, x - wide / 2, top, wide, high, 6 * unit);
    context.fill();
    for (const side of [-1, 1]) {
      wheel(context, x + side * wide * 0.29, ground - radius, radius, (state[0] * scale) / radius, colours, colours.text);
    }
    context.strokeStyle = colours.pole;
    context.lineWidth = Math.max(5, 8 * unit * Math.min(1.6, Math.max(0.7, (world.pole_mass / 0.1) ** 0.25)));
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...pivot);
    context.lineTo(...tip);
    context.stroke();
    context.fillStyle = colours.back;
    context.strokeStyle = colours.text;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(...pivot, 4.2 * unit, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    if (title) {
      context.fillStyle = colour;
      context.font = `600 12px ${colours.font}`;
      context.textAlign = "center";
      context.textBaseline = "bottom";
      context.fillText(title, tip[0], Math.max(16, tip[1] - (faded ? 24 : 8)));
    }
    context.globalAlpha = 1;
  };

  // A shove fades within half a second: {what: cart or pole, by: its signed strength, age: 0 to 1}.
  const shove = (context, place, { pole, by, age }, state, world, colours) => {
    const { unit } = place;
    const body = parts(place, state, world);
    const side = Math.sign(by);
    const length = side * (26 + 22 * Math.min(2, Math.abs(by))) * unit;
    const [x, y] = pole ? [body.tip[0] - side * 10, body.tip[1] + 8] : [body.x - side * (body.wide / 2 + 6), body.top + body.high / 2];
    context.globalAlpha = (1 - age) ** 1.5;
    arrow(context, x - length - side * 16 * (1 - age), y, length, 9 * unit, colours.shove);
    context.beginPath();
    context.strokeStyle = colours.shove;
    context.lineWidth = 2.5 * (1 - age);
    context.arc(x, y, 6 + 26 * age, 0, 2 * Math.PI);
    context.stroke();
    context.globalAlpha = 1;
  };

  return { layout, backdrop, cart, shove, parts };
})();
