// Contrast of text by computed style (WCAG 2.2, 1.4.3), inside SVG too, where axe cannot judge.

/** Runs in the page; returns every visible text that is too faint. */
export const faintTexts = () => {
  const channels = (color) => {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
  };
  const light = (rgb) => {
    const [red, green, blue] = rgb.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const over = (top, ground) => top.rgb.map((part, at) => part * top.alpha + ground[at] * (1 - top.alpha));
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    const own = channels(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own.rgb : over(own, ground(element.parentElement));
  };
  const faint = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const drawn = element.closest("svg");
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (drawn && !element.closest("text")) continue;
    const style = getComputedStyle(element);
    const below = ground(drawn ? drawn.parentElement : element);
    const found = contrast(over(channels(drawn ? style.fill : style.color), below), below);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (found < (large ? 3 : 4.5)) {
      faint.add(`${found.toFixed(2)}: ${element.tagName}.${element.getAttribute("class")} “${texts.currentNode.data.trim().slice(0, 40)}”`);
    }
  }
  return [...faint];
};
