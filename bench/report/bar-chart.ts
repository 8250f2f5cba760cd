/**
 * Horizontal bars as an SVG: panels in two columns, each with a scale of its own, a caption below.
 *
 * Text is as wide as the reader's font makes it, so every column is measured in generous characters.
 */

export interface BarChart {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Paragraphs. */
  readonly caption: readonly string[];
}

export interface Panel {
  readonly title: string;
  /** What the numbers are, and which are better. */
  readonly legend: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly label: string;
  /** The number as it is to be read; or why there is none. */
  readonly text: string;
  /** In any one unit for all bars of a panel; undefined where there is nothing to draw. */
  readonly extent?: { readonly median: number; readonly lowest: number; readonly highest: number };
  readonly isOurs: boolean;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

const WIDTH = 860;
const MARGIN = 24;
const GAP = 36;
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - GAP) / 2;
const TITLE_HEIGHT = 56;
const PANEL_HEAD = 44;
const ROW = 22;
const BAR = 14;
const PANEL_FOOT = 24;
const CAPTION_LINE = 15;

/** Pixels of a character: of labels at 12 px, and of the caption at 11 px, wide fonts included. */
const LABEL_CHARACTER = 7.8;
const CAPTION_CHARACTER = 6.2;

const STYLE = `
  .ground { fill: #ffffff } text { fill: #1f2328; font: 12px system-ui, sans-serif }
  .title { font-size: 20px; font-weight: 600 } .panel { font-size: 14px; font-weight: 600 }
  .legend, .caption { fill: #59636e; font-size: 11px } .ours { font-weight: 700 }
  .bar { fill: #9aa4ae } .bar.ours { fill: #0969da } .spread { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #e6edf3 } .legend, .caption { fill: #9198a1 }
    .bar { fill: #59636e } .bar.ours { fill: #4493f8 } .spread { stroke: #e6edf3 }
  }
`;

/** The whole chart; whoever cannot see it is read its description, which has every number. */
export function barChart({ title, panels, caption }: BarChart): string {
  const heights = rowsOf(panels).map((row) => Math.max(...row.map(panelHeight)));
  const captionTop = TITLE_HEIGHT + sum(heights) + 8;
  const lines = caption.flatMap((paragraph) => wrapped(paragraph, captionCharacters()));
  const height = captionTop + lines.length * CAPTION_LINE + MARGIN / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(panels.map(described).join(" "))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    text("title", { x: MARGIN, y: 36 }, title),
    ...panels.flatMap((panel, at) =>
      drawnPanel(panel, {
        x: MARGIN + (at % 2) * (PANEL_WIDTH + GAP),
        y: TITLE_HEIGHT + sum(heights.slice(0, Math.floor(at / 2))),
      }),
    ),
    ...lines.map((line, at) =>
      text("caption", { x: MARGIN, y: captionTop + (at + 1) * CAPTION_LINE - 4 }, line),
    ),
    "</svg>\n",
  ].join("\n");
}

function rowsOf(panels: readonly Panel[]): (readonly Panel[])[] {
  return Array.from({ length: Math.ceil(panels.length / 2) }, (_, row) =>
    panels.slice(2 * row, 2 * row + 2),
  );
}

function panelHeight({ bars }: Panel): number {
  return PANEL_HEAD + bars.length * ROW + PANEL_FOOT;
}

function described({ title, legend, bars }: Panel): string {
  return `${title}, ${legend}: ${bars.map(({ label, text }) => `${label} ${text}`).join(", ")}.`;
}

function drawnPanel({ title, legend, bars }: Panel, { x, y }: Place): string[] {
  const labelWidth = 8 + LABEL_CHARACTER * longest(bars.map(({ label }) => label));
  const numbers = bars.filter(({ extent }) => extent !== undefined);
  const numberWidth = 10 + LABEL_CHARACTER * longest(numbers.map((bar) => bar.text));
  const largest = Math.max(...bars.map(({ extent }) => extent?.highest ?? 0));
  const scale = largest > 0 ? (PANEL_WIDTH - labelWidth - numberWidth) / largest : 0;
  return [
    text("panel", { x, y: y + 14 }, title),
    text("legend", { x, y: y + 31 }, legend),
    ...bars.flatMap((bar, at) => {
      const top = y + PANEL_HEAD + at * ROW;
      const label = text(bar.isOurs ? "ours" : "", { x, y: top + 11 }, bar.label);
      return [label, ...drawnBar(bar, { x: x + labelWidth, y: top }, scale)];
    }),
  ];
}

function drawnBar({ extent, text: words, isOurs }: Bar, { x, y }: Place, scale: number): string[] {
  if (extent === undefined) return [text("legend", { x, y: y + 11 }, words)];
  const kind = isOurs ? "ours" : "";
  const at = (value: number): number => rounded(x + value * scale);
  const [width, middle] = [rounded(extent.median * scale), y + BAR / 2];
  return [
    `<rect class="bar ${kind}" x="${at(0)}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
    `<line class="spread" x1="${at(extent.lowest)}" x2="${at(extent.highest)}" y1="${middle}" y2="${middle}"/>`,
    text(kind, { x: at(extent.highest) + 6, y: y + 11 }, words),
  ];
}

function text(kind: string, { x, y }: Place, words: string): string {
  const named = kind === "" ? "" : ` class="${kind}"`;
  return `<text${named} x="${rounded(x)}" y="${rounded(y)}">${escaped(words)}</text>`;
}

/** Lines of at most so many characters; a longer word is cut, since it could be read nowhere else. */
function wrapped(paragraph: string, characters: number): string[] {
  const words = paragraph.split(" ").flatMap((word) => pieces(word, characters));
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= characters) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function pieces(word: string, characters: number): string[] {
  return word.match(new RegExp(`.{1,${characters}}`, "gsu")) ?? [];
}

function captionCharacters(): number {
  return Math.floor((WIDTH - 2 * MARGIN) / CAPTION_CHARACTER);
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escaped(words: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  return words.replace(/[&<>]/g, (character) => entities[character] ?? character);
}
