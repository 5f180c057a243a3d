(() => {
  const channel = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => {
    const part = (v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const background = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const found = channel(getComputedStyle(e).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const ratio = (element) => {
    const style = getComputedStyle(element);
    const text = channel(element.namespaceURI.endsWith("svg") ? style.fill : style.color);
    const [a, b] = [luminance(text), luminance(background(element))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const words = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const name = (e) => `${e.tagName}.${e.getAttribute("class")}: ${e.textContent.trim().slice(0, 40)}`;
  document.querySelectorAll("details").forEach((d) => { d.open = true; });
  const root = document.documentElement;
  const shown = [...document.body.querySelectorAll("*")].filter((e) => e.getClientRects().length);
  const texts = shown.filter((e) => words(e) && !["SCRIPT", "STYLE", "title"].includes(e.tagName));
  const scrolled = (e) => e.closest(".wide, nav ul, pre");
  const sticking = shown.filter((e) => !scrolled(e) && e.getBoundingClientRect().right > root.clientWidth + 0.5);
  parent.postMessage(JSON.stringify({
    overflow: root.scrollWidth - root.clientWidth,
    wide: sticking.map(name).slice(0, 8),
    contrast: texts.map((e) => [ratio(e), name(e)]).filter(([r]) => r < 4.5).slice(0, 8),
    texts: texts.length,
    resources: performance.getEntriesByType("resource").map((r) => r.name),
    background: getComputedStyle(document.body).backgroundColor,
    scripts: document.scripts.length - 1,
  }), "*");
})();
