using System.Text;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Builtins;

internal static class ArrayMethods
{
    public static readonly Dictionary<string, NativeCode> Table = new(StringComparer.Ordinal)
    {
        ["at"] = (r, self, a) => At(self.Array!, a, r),
        ["concat"] = Concat,
        ["every"] = (r, self, a) => JsValue.Of(Search(r, self, a, stopAt: false) < 0),
        ["fill"] = Fill,
        ["filter"] = Filter,
        ["find"] = (r, self, a) => Search(r, self, a, stopAt: true) is var i && i >= 0 ? self.Array![i] : default,
        ["findIndex"] = (r, self, a) => new JsValue(Search(r, self, a, stopAt: true)),
        ["findLast"] = (r, self, a) => SearchBack(r, self, a) is var i && i >= 0 ? self.Array![i] : default,
        ["findLastIndex"] = (r, self, a) => new JsValue(SearchBack(r, self, a)),
        ["flat"] = (r, self, a) => Flat(self.Array!, a.Integer(0, r, 1), r),
        ["flatMap"] = (r, self, a) => Flat(Map(r, self, a).Array!, 1, r),
        ["forEach"] = ForEach,
        ["includes"] = (r, self, a) => JsValue.Of(IndexOf(r, self.Array!, a, nan: true) >= 0),
        ["indexOf"] = (r, self, a) => new JsValue(IndexOf(r, self.Array!, a, nan: false)),
        ["join"] = (r, self, a) => Join(self.Array!, a.At(0).IsUndefined ? "," : Operators.ToText(a.At(0), r), r),
        ["keys"] = (r, self, _) => new JsValue(new JsArray([.. self.Array!.Keys(r).Select((_, i) => new JsValue(i))])),
        ["lastIndexOf"] = LastIndexOf,
        ["map"] = Map,
        ["pop"] = (r, self, _) => Remove(r, self.Array!, self.Array!.Count - 1),
        ["push"] = Push,
        ["reduce"] = (r, self, a) => Reduce(r, self.Array!, a, fromEnd: false),
        ["reduceRight"] = (r, self, a) => Reduce(r, self.Array!, a, fromEnd: true),
        ["reverse"] = Reverse,
        ["shift"] = (r, self, _) => Remove(r, self.Array!, 0),
        ["slice"] = Slice,
        ["some"] = (r, self, a) => JsValue.Of(Search(r, self, a, stopAt: true) >= 0),
        ["sort"] = Sort,
        ["splice"] = Splice,
        ["toReversed"] = (r, self, a) => Reverse(r, Copy(r, self), a),
        ["toSorted"] = (r, self, a) => Sort(r, Copy(r, self), a),
        ["toString"] = (r, self, _) => Join(self.Array!, ",", r),
        ["unshift"] = Unshift
    };

    public static JsValue Join(JsArray array, string separator, Runtime runtime)
    {
        runtime.Enter();
        var result = new StringBuilder();
        for (var i = 0; i < array.Count; i++)
        {
            var text = array[i].IsNullish ? "" : Operators.ToText(array[i], runtime);
            var added = text.Length + (i > 0 ? separator.Length : 0);
            if ((long)result.Length + added > Runtime.MaxTextLength)
            {
                throw runtime.OutOfMemory();
            }

            runtime.Allocate(added);
            runtime.Steps(1 + (added >> 6));
            result.Append(i > 0 ? separator : "").Append(text);
        }

        runtime.Depth--;
        return new JsValue(result.ToString());
    }

    private static JsValue Call(JsFunction function, Runtime runtime, JsValue item, int index, JsValue array)
    {
        runtime.Step();
        return function.Call(runtime, [item, new JsValue(index), array]);
    }

    private static JsValue At(JsArray array, JsValue[] args, Runtime runtime)
    {
        var at = args.Integer(0, runtime);
        at = at < 0 ? at + array.Count : at;
        return at >= 0 && at < array.Count ? array[(int)at] : default;
    }

    private static JsValue Copy(Runtime runtime, JsValue self) => Range(runtime, self.Array!, 0, self.Array!.Count);

    /// <summary>The bounds may be older than the array: what gave an argument its number may have shortened it.</summary>
    private static JsValue Range(Runtime runtime, JsArray array, int start, int end)
    {
        var count = Math.Max(Math.Min(end, array.Count) - start, 0);
        runtime.Allocate(count * 2L + 4);
        runtime.Steps(count >> 3);
        return new JsValue(new JsArray(count == 0 ? [] : array.Items.Slice(start, count).ToArray()));
    }

    private static JsValue Slice(Runtime runtime, JsValue self, JsValue[] args)
    {
        var array = self.Array!;
        return Range(runtime, array, args.Relative(0, array.Count, runtime, 0), args.Relative(1, array.Count, runtime, array.Count));
    }

    private static JsValue Concat(Runtime runtime, JsValue self, JsValue[] args)
    {
        var result = Copy(runtime, self).Array!;
        foreach (var argument in args)
        {
            if (argument.Array is { } other)
            {
                result.Splice(result.Count, 0, other.Items, runtime);
            }
            else
            {
                result.Add(argument, runtime);
            }
        }

        return new JsValue(result);
    }

    private static JsValue Fill(Runtime runtime, JsValue self, JsValue[] args)
    {
        var array = self.Array!;
        int start = args.Relative(1, array.Count, runtime, 0), end = args.Relative(2, array.Count, runtime, array.Count);
        end = Math.Min(end, array.Count);
        if (start < end)
        {
            runtime.Steps((end - start) >> 3);
            array.Items[start..end].Fill(args.At(0));
        }

        return self;
    }

    private static JsValue Filter(Runtime runtime, JsValue self, JsValue[] args)
    {
        var (array, test, result) = (self.Array!, args.Callback(0, runtime), new JsArray());
        for (int i = 0, count = array.Count; i < count; i++)
        {
            var item = array[i];
            if (Operators.ToBoolean(Call(test, runtime, item, i, self)))
            {
                result.Add(item, runtime);
            }
        }

        return new JsValue(result);
    }

    private static JsValue Map(Runtime runtime, JsValue self, JsValue[] args)
    {
        var (array, function, result) = (self.Array!, args.Callback(0, runtime), new JsArray());
        for (int i = 0, count = array.Count; i < count; i++)
        {
            result.Add(Call(function, runtime, array[i], i, self), runtime);
        }

        return new JsValue(result);
    }

    private static JsValue ForEach(Runtime runtime, JsValue self, JsValue[] args)
    {
        var (array, function) = (self.Array!, args.Callback(0, runtime));
        for (int i = 0, count = array.Count; i < count; i++)
        {
            Call(function, runtime, array[i], i, self);
        }

        return default;
    }

    private static int Search(Runtime runtime, JsValue self, JsValue[] args, bool stopAt)
    {
        var (array, test) = (self.Array!, args.Callback(0, runtime));
        for (int i = 0, count = array.Count; i < count; i++)
        {
            if (Operators.ToBoolean(Call(test, runtime, array[i], i, self)) == stopAt)
            {
                return i;
            }
        }

        return -1;
    }

    private static int SearchBack(Runtime runtime, JsValue self, JsValue[] args)
    {
        var (array, test) = (self.Array!, args.Callback(0, runtime));
        for (var i = array.Count - 1; i >= 0; i--)
        {
            if (Operators.ToBoolean(Call(test, runtime, array[i], i, self)))
            {
                return i;
            }
        }

        return -1;
    }

    private static int IndexOf(Runtime runtime, JsArray array, JsValue[] args, bool nan)
    {
        var wanted = args.At(0);
        for (var i = args.Relative(1, array.Count, runtime, 0); i < array.Count; i++)
        {
            runtime.Step();
            if (nan ? Operators.SameValueZero(array[i], wanted, runtime) : Operators.StrictEquals(array[i], wanted, runtime))
            {
                return i;
            }
        }

        return -1;
    }

    private static JsValue LastIndexOf(Runtime runtime, JsValue self, JsValue[] args)
    {
        var array = self.Array!;
        var from = args.Integer(1, runtime, array.Count - 1);
        from = from < 0 ? from + array.Count : Math.Min(from, array.Count - 1);
        for (var i = from < 0 ? -1 : (int)from; i >= 0; i--)
        {
            runtime.Step();
            if (Operators.StrictEquals(array[i], args.At(0), runtime))
            {
                return new JsValue(i);
            }
        }

        return new JsValue(-1);
    }

    private static JsValue Push(Runtime runtime, JsValue self, JsValue[] args)
    {
        foreach (var value in args)
        {
            self.Array!.Add(value, runtime);
        }

        return new JsValue(self.Array!.Count);
    }

    private static JsValue Unshift(Runtime runtime, JsValue self, JsValue[] args)
    {
        self.Array!.Splice(0, 0, args, runtime);
        return new JsValue(self.Array.Count);
    }

    private static JsValue Remove(Runtime runtime, JsArray array, int index)
    {
        if (array.Count == 0)
        {
            return default;
        }

        var removed = array[index];
        array.Splice(index, 1, [], runtime);
        return removed;
    }

    private static JsValue Splice(Runtime runtime, JsValue self, JsValue[] args)
    {
        var array = self.Array!;
        var start = args.Relative(0, array.Count, runtime, 0);
        var count = args.Length switch
        {
            0 => 0,
            1 => array.Count,
            _ => (int)Math.Clamp(args.Integer(1, runtime), 0, JsArray.MaxLength)
        };
        start = Math.Min(start, array.Count);
        count = Math.Min(count, array.Count - start);
        var removed = Range(runtime, array, start, start + count);
        array.Splice(start, count, args.Length > 2 ? args.AsSpan(2) : [], runtime);
        return removed;
    }

    private static JsValue Reverse(Runtime runtime, JsValue self, JsValue[] args)
    {
        runtime.Steps(self.Array!.Count >> 3);
        self.Array.Items.Reverse();
        return self;
    }

    private static JsValue Reduce(Runtime runtime, JsArray array, JsValue[] args, bool fromEnd)
    {
        var function = args.Callback(0, runtime);
        var count = array.Count;
        var i = 0;
        JsValue total;
        if (args.Length > 1)
        {
            total = args[1];
        }
        else if (count == 0)
        {
            throw runtime.TypeError("reduce d'un tableau vide demande une valeur initiale.");
        }
        else
        {
            total = array[fromEnd ? count - 1 : 0];
            i = 1;
        }

        for (; i < count; i++)
        {
            runtime.Step();
            var at = fromEnd ? count - 1 - i : i;
            total = function.Call(runtime, [total, array[at], new JsValue(at), new JsValue(array)]);
        }

        return total;
    }

    private static JsValue Flat(JsArray array, double depth, Runtime runtime)
    {
        var result = new JsArray();
        FlatInto(array, depth, result, runtime);
        return new JsValue(result);
    }

    private static void FlatInto(JsArray array, double depth, JsArray result, Runtime runtime)
    {
        runtime.Enter();
        for (var i = 0; i < array.Count; i++)
        {
            runtime.Step();
            if (depth >= 1 && array[i].Array is { } inner)
            {
                FlatInto(inner, depth - 1, result, runtime);
            }
            else
            {
                result.Add(array[i], runtime);
            }
        }

        runtime.Depth--;
    }

    /// <summary>A stable merge sort of our own: the comparison is a function of the script and may answer nonsense.</summary>
    private static JsValue Sort(Runtime runtime, JsValue self, JsValue[] args)
    {
        var array = self.Array!;
        var compare = args.At(0).IsUndefined ? null : args.Callback(0, runtime);
        runtime.Allocate(array.Count * 4L);
        var defined = array.Items.ToArray().Where(item => !item.IsUndefined).ToArray();
        var keys = compare is null ? Array.ConvertAll(defined, item => Operators.ToTextValue(item, runtime)) : defined;
        var order = new int[defined.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Merge(order, new int[order.Length], 0, order.Length, (a, b) =>
        {
            runtime.Step();
            if (compare is null)
            {
                return Operators.Compare(keys[a], keys[b], runtime) > 0;
            }

            return Operators.ToNumber(compare.Call(runtime, [keys[a], keys[b]]), runtime) > 0;
        });

        // The comparison may have changed the array meanwhile; its length then decides.
        for (var i = 0; i < array.Count; i++)
        {
            array.Items[i] = i < order.Length ? defined[order[i]] : default;
        }

        return self;
    }

    private static void Merge(int[] order, int[] spare, int start, int end, Func<int, int, bool> after)
    {
        if (end - start < 2)
        {
            return;
        }

        var middle = (start + end) / 2;
        Merge(order, spare, start, middle, after);
        Merge(order, spare, middle, end, after);
        Array.Copy(order, start, spare, start, end - start);
        for (int i = start, a = start, b = middle; i < end; i++)
        {
            order[i] = b >= end || (a < middle && !after(spare[a], spare[b])) ? spare[a++] : spare[b++];
        }
    }
}
