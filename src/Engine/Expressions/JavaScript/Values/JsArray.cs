using System.Globalization;

namespace MonOPCO.Engine.Expressions.JavaScript.Values;

/// <summary>A dense array: a slot never written holds undefined.</summary>
internal sealed class JsArray : JsObject
{
    public const int MaxLength = 1 << 26;

    /// <summary>Units of a slot: sixteen bytes, the room to grow, and what growing leaves behind.</summary>
    private const int Slot = 4;

    private JsValue[] _items = [];

    public JsArray()
    {
    }

    public JsArray(JsValue[] items)
    {
        _items = items;
        Count = items.Length;
    }

    public int Count { get; private set; }

    public Span<JsValue> Items => _items.AsSpan(0, Count);

    public JsValue this[int index] => (uint)index < (uint)Count ? _items[index] : default;

    public static bool IsIndex(string name, out int index)
    {
        index = -1;
        return name.Length is > 0 and < 10 && char.IsAsciiDigit(name[0]) && (name.Length == 1 || name[0] != '0')
            && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    /// <summary>Names that JavaScript puts first, by number; the greatest are beyond what we make arrays of.</summary>
    public static bool IsIndexOrder(string name) => IsIndex(name, out _)
        || (name.Length == 10 && name[0] != '0' && uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < uint.MaxValue);

    public override NativeCode? Method(MethodSet methods) => methods.OfArray ?? methods.OfObject;

    public void Add(JsValue value, Runtime runtime)
    {
        runtime.Allocate(Slot);
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(4, Count * 2));
        }

        _items[Count++] = value;
    }

    public void SetAt(double index, JsValue value, Runtime runtime)
    {
        if (index >= MaxLength)
        {
            throw runtime.OutOfMemory();
        }

        var at = (int)index;
        if (at >= Count)
        {
            SetLength(at + 1, runtime);
        }

        _items[at] = value;
    }

    public void SetLength(double length, Runtime runtime)
    {
        if (!(length >= 0) || length != Math.Floor(length) || length > uint.MaxValue)
        {
            throw runtime.RangeError("la longueur d'un tableau doit être un nombre entier positif.");
        }

        if (length > MaxLength)
        {
            throw runtime.OutOfMemory();
        }

        var size = (int)length;
        if (size > Count)
        {
            runtime.Allocate((size - Count) * (long)Slot);
            if (size > _items.Length)
            {
                Array.Resize(ref _items, Math.Max(size, Math.Min(Count * 2, MaxLength)));
            }
        }
        else
        {
            Array.Clear(_items, size, Count - size);
        }

        Count = size;
    }

    /// <summary>Takes <paramref name="removed"/> slots out at <paramref name="start"/> and puts <paramref name="added"/> there.</summary>
    public void Splice(int start, int removed, ReadOnlySpan<JsValue> added, Runtime runtime)
    {
        var tail = Count - start - removed;
        var size = Count - removed + added.Length;
        runtime.Steps((tail >> 3) + added.Length);
        if (size > Count)
        {
            SetLength(size, runtime);
            Array.Copy(_items, start + removed, _items, start + added.Length, tail);
        }
        else
        {
            Array.Copy(_items, start + removed, _items, start + added.Length, tail);
            Array.Clear(_items, size, Count - size);
            Count = size;
        }

        added.CopyTo(_items.AsSpan(start));
    }

    public override JsValue Get(string name, Runtime runtime)
    {
        if (name == "length")
        {
            return new JsValue(Count);
        }

        return IsIndex(name, out var index) ? this[index] : base.Get(name, runtime);
    }

    public override bool Has(string name, Runtime runtime) => name == "length" || (IsIndex(name, out var index) ? index < Count : base.Has(name, runtime));

    public override void Set(string name, JsValue value, Runtime runtime)
    {
        if (name == "length")
        {
            SetLength(Operators.ToNumber(value, runtime), runtime);
        }
        else if (IsIndex(name, out var index))
        {
            SetAt(index, value, runtime);
        }
        else
        {
            base.Set(name, value, runtime);
        }
    }

    public override void Delete(string name, Runtime runtime)
    {
        if (IsIndex(name, out var index))
        {
            if (index < Count)
            {
                _items[index] = default;
            }
        }
        else
        {
            base.Delete(name, runtime);
        }
    }

    public override List<string> Keys(Runtime runtime)
    {
        runtime.Steps(Count);
        runtime.Allocate(Count * 4L);
        var keys = new List<string>(Count);
        for (var i = 0; i < Count; i++)
        {
            keys.Add(NumberText.Of(i));
        }

        keys.AddRange(base.Keys(runtime));
        return keys;
    }
}
