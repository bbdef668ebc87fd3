namespace MonOPCO.Engine.Expressions.JavaScript.Values;

/// <summary>A concatenation not yet carried out: <c>s += x</c> in a loop would otherwise copy everything at every turn.</summary>
internal sealed class Rope(object left, object right, int length)
{
    /// <summary>Below this, copying at once is cheaper.</summary>
    private const int Threshold = 256;

    private object? _left = left;
    private object? _right = right;
    private string? _flat;

    public int Length { get; } = length;

    public static JsValue Concat(JsValue left, JsValue right, Runtime runtime)
    {
        int a = left.TextLength, b = right.TextLength;
        if (a == 0)
        {
            return right;
        }

        if (b == 0)
        {
            return left;
        }

        var length = (long)a + b;
        if (length > Runtime.MaxTextLength)
        {
            throw runtime.OutOfMemory();
        }

        if (length < Threshold && left.RawText is string x && right.RawText is string y)
        {
            runtime.Allocate(length);
            return new JsValue(x + y);
        }

        runtime.Allocate(8);
        return new JsValue(new Rope(left.RawText!, right.RawText!, (int)length));
    }

    /// <summary>Filled from the end with an explicit stack: the usual rope leans left by thousands of nodes.</summary>
    public string Flatten(Runtime runtime)
    {
        if (_flat is not null)
        {
            return _flat;
        }

        runtime.AllocateText(Length);
        runtime.Steps(Length >> 6);
        _flat = string.Create(Length, this, static (span, root) =>
        {
            var end = span.Length;
            var waiting = new Stack<object>();
            waiting.Push(root);
            while (waiting.TryPop(out var part))
            {
                if (part is Rope { _flat: null } rope)
                {
                    waiting.Push(rope._left!);
                    waiting.Push(rope._right!);
                    continue;
                }

                var text = part as string ?? ((Rope)part)._flat!;
                end -= text.Length;
                text.CopyTo(span[end..]);
            }
        });
        _left = _right = null;
        return _flat;
    }
}
