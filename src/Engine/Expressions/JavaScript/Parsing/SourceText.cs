namespace MonOPCO.Engine.Expressions.JavaScript.Parsing;

internal sealed class SourceText(string text)
{
    public string Text { get; } = text;

    public (int Line, int Column) At(int offset)
    {
        offset = Math.Clamp(offset, 0, Text.Length);
        var before = Text.AsSpan(0, offset);
        return (before.Count('\n') + 1, offset - before.LastIndexOf('\n'));
    }

    public ScriptSyntaxException Error(string reason, int offset)
    {
        var (line, column) = At(offset);
        return new ScriptSyntaxException(reason, line, column);
    }
}
