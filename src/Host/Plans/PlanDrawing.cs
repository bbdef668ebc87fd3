using System.Globalization;
using System.Text;
using MonOPCO.Host.Infrastructure.Assets;
using MonOPCO.Host.Infrastructure.TagHelpers;

namespace MonOPCO.Host.Plans;

/// <summary>What is written on a step beside its name. <paramref name="Tone"/> is a class of the style sheet; what it says is always in the lines too.</summary>
public sealed record PlanMark(string Tone, IReadOnlyList<string> Lines);

/// <summary>A piece of a chart that fits a screen or a sheet: columns <paramref name="From"/> to <paramref name="To"/>.</summary>
public sealed record PlanPart(int Number, int From, int To);

/// <summary>
/// Draws a part of a chart as SVG. Ways are drawn in the channels between columns and rows; those that leave the part end in a tag with the number of the part
/// where they go on.
/// </summary>
public sealed class PlanDrawing(AssetManifest assets)
{
    private const int ColumnsPerPart = 4;
    private const double Width = 196;
    private const double Head = 30;
    private const double Line = 18;
    private const double RowGap = 46;
    private const double Margin = 74;
    private const double LaneWidth = 7;
    private const int Lanes = 5;

    public static IReadOnlyList<PlanPart> Parts(PlanGrid grid, bool whole)
    {
        ArgumentNullException.ThrowIfNull(grid);
        if (whole || grid.Columns <= ColumnsPerPart + 1)
        {
            return [new PlanPart(1, 0, Math.Max(0, grid.Columns - 1))];
        }

        // Evenly, so that the last part is not a lonely step.
        var count = (grid.Columns + ColumnsPerPart - 1) / ColumnsPerPart;
        return [.. Enumerable.Range(0, count).Select(i => new PlanPart(i + 1, i * grid.Columns / count, ((i + 1) * grid.Columns / count) - 1))];
    }

    /// <param name="chart">What is drawn.</param>
    /// <param name="grid">Where its steps stand.</param>
    /// <param name="part">Which piece.</param>
    /// <param name="parts">All pieces.</param>
    /// <param name="marks">What is written on steps, by id.</param>
    /// <param name="walked">Ways that were taken.</param>
    /// <param name="id">Unique in the page; title and description are named after it.</param>
    /// <param name="title">For screen readers.</param>
    /// <param name="description">Where the same stands as text.</param>
    public string Draw(
        PlanChart chart, PlanGrid grid, PlanPart part, IReadOnlyList<PlanPart> parts, IReadOnlyDictionary<string, PlanMark> marks, IReadOnlySet<(string From, string Outcome)> walked, string id, string title, string description)
    {
        var sheet = new Sheet(chart, grid, part, marks);
        var svg = new StringBuilder(4096);
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"mo-plan\" viewBox=\"0 0 {N(sheet.TotalWidth)} {N(sheet.TotalHeight)}\" width=\"{N(sheet.TotalWidth)}\" height=\"{N(sheet.TotalHeight)}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">");
        svg.Append(CultureInfo.InvariantCulture, $"<title id=\"{id}-t\">{Svg.Encode(title)}</title><desc id=\"{id}-d\">{Svg.Encode(description)}</desc>");
        svg.Append("<g class=\"mo-plan-ways\">");
        var labels = new StringBuilder();
        foreach (var way in sheet.Ways)
        {
            DrawWay(svg, labels, sheet, way, parts, way.Outcomes.Any(x => walked.Contains((way.From, x))));
        }

        svg.Append("</g>");
        foreach (var node in sheet.Nodes)
        {
            DrawNode(svg, sheet, node, marks.GetValueOrDefault(node.Id));
        }

        return svg.Append(labels).Append("</svg>").ToString();
    }

    private static void DrawWay(StringBuilder svg, StringBuilder labels, Sheet sheet, Way way, IReadOnlyList<PlanPart> parts, bool walked)
    {
        var css = walked ? "mo-plan-way mo-plan-walked" : "mo-plan-way";
        var (starts, ends) = (sheet.Holds(way.From), sheet.Holds(way.To));
        if (starts && ends)
        {
            Path(svg, css, sheet.Route(way));
        }
        else if (starts)
        {
            var (x, y) = sheet.Exit(way);
            var end = x + sheet.LabelWidth(way) + 14;
            Path(svg, css, [(x, y), (end, y)]);
            Tag(labels, end, y, PartOf(way.To), after: true);
        }
        else
        {
            var (x, y) = sheet.Entry(way);
            Path(svg, css, [(x - 20, y), (x, y)]);
            Tag(labels, x - 20, y, PartOf(way.From), after: false);
        }

        if (starts && way.Label.Length > 0)
        {
            var (x, y) = sheet.Exit(way);
            Text(labels, "mo-plan-outcome", x + 5, y - 5, Shorten(way.Label, sheet.LabelLength(way)));
        }

        int PartOf(string node) => parts.First(x => sheet.ColumnOf(node) >= x.From && sheet.ColumnOf(node) <= x.To).Number;
    }

    private void DrawNode(StringBuilder svg, Sheet sheet, PlanNode node, PlanMark? mark)
    {
        var (x, y) = sheet.Corner(node.Id);
        var (kind, icon) = PlanWords.Of(node.Kind);
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"mo-plan-node mo-plan-{node.Kind.ToString().ToLowerInvariant()} mo-plan-by-{node.Actor.ToString().ToLowerInvariant()}{(mark is null ? "" : " " + mark.Tone)}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Svg.Encode($"{node.Title} ({kind}, {PlanWords.Of(node.Actor)})")}</title>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(Width)}\" height=\"{N(sheet.Height)}\" rx=\"{(node.Kind is PlanKind.Start or PlanKind.End ? 22 : 8)}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({N(x + 10)} {N(y + 7)}) scale(0.75)\" class=\"mo-plan-icon\">{assets.Icon(icon)}</g>");
        Text(svg, "mo-plan-actor", x + 34, y + 21, PlanWords.Of(node.Actor));
        var at = y + Head + 13;
        foreach (var line in Wrap(node.Title, 25, 3))
        {
            Text(svg, "mo-plan-title", x + 10, at, line);
            at += Line;
        }

        at = y + sheet.Height - ((mark?.Lines.Count ?? 0) * 16) + 6;
        foreach (var line in mark?.Lines ?? [])
        {
            Text(svg, "mo-plan-figure", x + 10, at, line);
            at += 16;
        }

        svg.Append("</g>");
    }

    private static void Path(StringBuilder svg, string css, IReadOnlyList<(double X, double Y)> points)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{css}\" d=\"M{N(points[0].X)} {N(points[0].Y)}");
        foreach (var (x, y) in points.Skip(1))
        {
            svg.Append(CultureInfo.InvariantCulture, $"L{N(x)} {N(y)}");
        }

        // The head of the arrow, always from left to right.
        var (endX, endY) = points[^1];
        svg.Append(CultureInfo.InvariantCulture, $"m-8 -4L{N(endX)} {N(endY)}l-8 4\"/>");
    }

    private static void Tag(StringBuilder svg, double x, double y, int part, bool after)
    {
        var left = after ? x : x - 34;
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"mo-plan-tag\"><rect x=\"{N(left)}\" y=\"{N(y - 9)}\" width=\"34\" height=\"18\" rx=\"9\"/><text x=\"{N(left + 17)}\" y=\"{N(y + 4)}\" text-anchor=\"middle\">{(after ? "→" : "")}{part}{(after ? "" : "→")}</text></g>");
    }

    private static void Text(StringBuilder svg, string css, double x, double y, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"{css}\" x=\"{N(x)}\" y=\"{N(y)}\">{Svg.Encode(text)}</text>");

    private static string N(double number) => Math.Round(number, 1).ToString(CultureInfo.InvariantCulture);

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..(length - 1)].TrimEnd() + "…";

    /// <summary>At most <paramref name="lines"/> lines; a word longer than a line is cut; what is left over ends in « … ».</summary>
    internal static IReadOnlyList<string> Wrap(string text, int length, int lines)
    {
        var result = new List<string>();
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(x => x.Chunk(length).Select(y => new string(y))))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > length)
            {
                result.Add(line);
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        if (line.Length > 0)
        {
            result.Add(line);
        }

        return result.Count <= lines ? result : [.. result.Take(lines - 1), Shorten(string.Join(' ', result.Skip(lines - 1)), length)];
    }

    /// <summary>All ways from one step to another are drawn as one.</summary>
    private sealed record Way(string From, string To, string Label, IReadOnlyList<string> Outcomes);

    /// <summary>Measures of one part.</summary>
    private sealed class Sheet
    {
        private readonly PlanGrid _grid;
        private readonly PlanPart _part;
        private readonly double[] _left;
        private readonly double[] _gap;
        private readonly double[] _labels;
        private readonly int[] _turns;
        private readonly double[] _tags;
        private readonly Dictionary<int, int> _rows;
        private readonly Dictionary<string, List<Way>> _exits;
        private readonly Dictionary<string, List<Way>> _entries;
        private readonly Dictionary<int, int> _used = [];
        private readonly Dictionary<int, Dictionary<string, int>> _lanes = [];
        private readonly double _top;

        public Sheet(PlanChart chart, PlanGrid grid, PlanPart part, IReadOnlyDictionary<string, PlanMark> marks)
        {
            (_grid, _part) = (grid, part);
            Nodes = [.. grid.InOrder(chart).Where(x => Holds(x.Id))];
            Ways = [.. chart.Edges.GroupBy(x => (x.From, x.To)).Select(x => new Way(x.Key.From, x.Key.To, string.Join(" / ", x.Select(y => y.Label).Where(y => y.Length > 0).Distinct()), [.. x.Select(y => y.Outcome)])).Where(x => Holds(x.From) || Holds(x.To))];
            _rows = Nodes.Select(x => grid.Cells[x.Id].Row).Distinct().Order().Select((row, i) => (row, i)).ToDictionary(x => x.row, x => x.i);
            _exits = Ways.Where(x => Holds(x.From)).GroupBy(x => x.From).ToDictionary(x => x.Key, x => x.OrderBy(y => grid.Cells[y.To].Row).ThenBy(y => grid.Cells[y.To].Column).ToList(), StringComparer.Ordinal);
            _entries = Ways.Where(x => Holds(x.To)).GroupBy(x => x.To).ToDictionary(x => x.Key, x => x.OrderBy(y => grid.Cells[y.From].Row).ThenBy(y => grid.Cells[y.From].Column).ToList(), StringComparer.Ordinal);
            var titleLines = Nodes.Select(x => Wrap(x.Title, 25, 3).Count).DefaultIfEmpty(1).Max();
            var markLines = Nodes.Select(x => marks.GetValueOrDefault(x.Id)?.Lines.Count ?? 0).DefaultIfEmpty(0).Max();
            var ways = _exits.Values.Concat(_entries.Values).Select(x => x.Count).DefaultIfEmpty(0).Max();
            Height = Math.Max(Head + (titleLines * Line) + (markLines * 16) + 10, (ways + 1) * 20);

            var columns = part.To - part.From + 1;
            _gap = new double[columns];
            _left = new double[columns];
            _labels = new double[columns];
            _turns = new int[columns];
            _tags = new double[columns];
            var x = Margin;
            for (var i = 0; i < columns; i++)
            {
                _left[i] = x;
                var leaving = Ways.Where(w => Holds(w.From) && ColumnOf(w.From) == part.From + i).ToList();
                var longest = leaving.Select(w => w.Label.Length).DefaultIfEmpty(0).Max();
                _labels[i] = Math.Clamp(longest * 6.6, 0, 172);

                // Names first, then a lane for each way that turns behind this column, then those that turn before the next one.
                _turns[i] = leaving.Select(w => w.To).Distinct().Count();
                var entering = i + 1 < columns ? Ways.Where(w => Holds(w.To) && ColumnOf(w.To) == part.From + i + 1).Select(w => w.To).Distinct().Count() : 4;
                _tags[i] = leaving.Any(w => !Holds(w.To)) ? 48 : 0;
                _gap[i] = _labels[i] + 24 + _tags[i] + (LaneWidth * Math.Min(_turns[i], Lanes)) + (LaneWidth * Math.Min(entering, Lanes)) + 20;
                x += Width + _gap[i];
            }

            TotalWidth = x + 8;
            _top = 34;
            TotalHeight = _top + (_rows.Count * (Height + RowGap)) + 4;
        }

        public IReadOnlyList<PlanNode> Nodes { get; }

        public IReadOnlyList<Way> Ways { get; }

        public double Height { get; }

        public double TotalWidth { get; }

        public double TotalHeight { get; }

        public bool Holds(string node) => ColumnOf(node) >= _part.From && ColumnOf(node) <= _part.To;

        public int ColumnOf(string node) => _grid.Cells[node].Column;

        public double LabelWidth(Way way) => way.Label.Length == 0 ? 0 : _labels[ColumnOf(way.From) - _part.From];

        public int LabelLength(Way way) => (int)(LabelWidth(way) / 6.4);

        public (double X, double Y) Corner(string node) => (_left[ColumnOf(node) - _part.From], _top + (_rows[_grid.Cells[node].Row] * (Height + RowGap)));

        public (double X, double Y) Exit(Way way)
        {
            var (x, y) = Corner(way.From);
            var all = _exits[way.From];
            return (x + Width, y + (Height * (all.IndexOf(way) + 1) / (all.Count + 1)));
        }

        public (double X, double Y) Entry(Way way)
        {
            var (x, y) = Corner(way.To);
            var all = _entries[way.To];
            return (x, y + (Height * (all.IndexOf(way) + 1) / (all.Count + 1)));
        }

        /// <summary>Right out of the step, up or down in the channel behind its column, along a channel between rows if it goes further than the next column, and in.</summary>
        public IReadOnlyList<(double X, double Y)> Route(Way way)
        {
            var (x1, y1) = Exit(way);
            var (x2, y2) = Entry(way);
            var (from, to) = (ColumnOf(way.From) - _part.From, ColumnOf(way.To) - _part.From);
            var turn = x1 + _labels[from] + _tags[from] + 12 + (LaneWidth * (Lane(from) % Lanes));
            if (to == from + 1)
            {
                return Math.Abs(y1 - y2) < 0.5 ? [(x1, y1), (x2, y2)] : [(x1, y1), (turn, y1), (turn, y2), (x2, y2)];
            }

            // Above the lower of the two rows, and above everything for what stays in one row.
            var row = Math.Max(_rows[_grid.Cells[way.From].Row], _rows[_grid.Cells[way.To].Row]);
            var channel = _top + (row * (Height + RowGap)) - RowGap + 8 + (LaneWidth * (Lane(1000 + row) % 5));
            var before = x2 - 18 - (LaneWidth * LaneOf(to, way.To));
            return [(x1, y1), (turn, y1), (turn, channel), (before, channel), (before, y2), (x2, y2)];
        }

        /// <summary>All ways into one step come in by one lane.</summary>
        private int LaneOf(int column, string node)
        {
            var lanes = _lanes.TryGetValue(column, out var known) ? known : _lanes[column] = [];
            if (!lanes.TryGetValue(node, out var lane))
            {
                lanes[node] = lane = lanes.Count;
            }

            return lane % Lanes;
        }

        private int Lane(int channel) => _used[channel] = _used.GetValueOrDefault(channel, -1) + 1;
    }
}
