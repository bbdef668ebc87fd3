namespace MonOPCO.Engine.Expressions.JavaScript.Parsing;

internal enum TokenKind
{
    End,
    Name,
    Keyword,
    Number,
    Text,

    /// <summary>One piece of text of a template; <see cref="Token.Last"/> says that the template ends with it.</summary>
    Template,
    Sign
}

internal readonly record struct Token(TokenKind Kind, string Text, double Number, int Position, bool AfterNewLine)
{
    /// <summary>Index of the closing token of this opening bracket.</summary>
    public int Closing { get; init; }

    public bool Last { get; init; }

    public bool Is(string text) => Kind is TokenKind.Sign or TokenKind.Keyword && Text == text;
}
