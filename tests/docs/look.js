// What a reader sees of a page: does it fit, is each text readable, does each line of a drawing stay in its box.
(() => {
  const numbers = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ratio = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const shown = (e) => e.getClientRects().length > 0;
  const root = document.documentElement;
  const drawings = [...document.querySelectorAll("figure.workflow svg")].filter(shown);
  const texts = drawings.flatMap((d) => [...d.querySelectorAll("text")]);
  const box = (text) => { let e = text; while (e.tagName !== "rect") e = e.previousElementSibling; return e; };
  const outside = texts.filter((t) => {
    const [a, b] = [t.getBoundingClientRect(), box(t).getBoundingClientRect()];
    return a.right > b.right - 2 || a.left < b.left || a.bottom > b.bottom + 1 || a.top < b.top - 1;
  });
  const dim = texts.filter((t) => ratio(numbers(getComputedStyle(t).fill), numbers(getComputedStyle(box(t)).fill)) < 4.5);
  const name = (t) => `${t.getAttribute("class")}: ${t.textContent}`;
  parent.postMessage(JSON.stringify({
    overflow: root.scrollWidth - root.clientWidth,
    drawings: drawings.length,
    smallest: Math.min(...texts.map((t) => t.getBoundingClientRect().height), 99),
    outside: outside.map(name),
    dim: dim.map(name),
    background: light(numbers(getComputedStyle(document.body).backgroundColor)),
  }), "*");
})();
