// Page /style: measures the real contrast of each sample in the theme on screen, so the page cannot flatter itself.
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

const channels = (color) => {
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
};

const luminance = (color) => {
  const [r, g, b] = channels(color).map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const measure = () => {
  for (const sample of document.querySelectorAll("[data-contrast]")) {
    const style = getComputedStyle(sample);
    const [light, dark] = [luminance(style.color), luminance(style.backgroundColor)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    sample.querySelector("[data-ratio]").textContent = `${ratio.toFixed(1).replace(".", ",")} : 1 ${ratio >= 7 ? "AAA" : ratio >= 4.5 ? "AA" : "insuffisant"}`;
  }
};

measure();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", measure);
