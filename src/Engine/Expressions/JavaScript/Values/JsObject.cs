namespace MonOPCO.Engine.Expressions.JavaScript.Values;

/// <summary>
/// Own properties in insertion order. There is no prototype: methods are found by the kind of the receiver, so nothing like
/// <c>__proto__</c> or <c>constructor</c> leads anywhere. The objects shared by all evaluations are frozen.
/// </summary>
internal class JsObject
{
    private const int IndexFrom = 9;

    /// <summary>Units of a property: name, value and its place in the index, with the room to grow.</summary>
    private const int Property = 8;

    private string[] _names = [];
    private JsValue[] _values = [];
    private Dictionary<string, int>? _index;

    protected bool Frozen { get; set; }

    public int PropertyCount { get; private set; }

    public virtual string TypeOf => "object";

    public virtual NativeCode? Method(MethodSet methods) => methods.OfObject;

    public virtual JsValue Get(string name, Runtime runtime)
    {
        var at = Find(name);
        return at < 0 ? default : _values[at];
    }

    public virtual bool Has(string name, Runtime runtime) => Find(name) >= 0;

    public virtual void Set(string name, JsValue value, Runtime runtime)
    {
        if (Frozen)
        {
            throw runtime.TypeError($"« {name} » ne peut pas être modifié : cet objet est en lecture seule.");
        }

        var at = Find(name);
        if (at >= 0)
        {
            _values[at] = value;
            return;
        }

        runtime.Allocate(Property);
        Add(name, value);
    }

    public virtual void Delete(string name, Runtime runtime)
    {
        if (Frozen)
        {
            throw runtime.TypeError($"« {name} » ne peut pas être supprimé : cet objet est en lecture seule.");
        }

        var at = Find(name);
        if (at < 0)
        {
            return;
        }

        runtime.Steps(PropertyCount);
        PropertyCount--;
        Array.Copy(_names, at + 1, _names, at, PropertyCount - at);
        Array.Copy(_values, at + 1, _values, at, PropertyCount - at);
        _values[PropertyCount] = default;
        _index = null;
        if (PropertyCount >= IndexFrom)
        {
            BuildIndex();
        }
    }

    /// <summary>As JavaScript orders them: array indexes first, ascending, then by insertion.</summary>
    public virtual List<string> Keys(Runtime runtime)
    {
        runtime.Steps(PropertyCount);
        runtime.Allocate(PropertyCount);
        var keys = new List<string>(PropertyCount);
        List<string>? indexes = null;
        for (var i = 0; i < PropertyCount; i++)
        {
            if (JsArray.IsIndexOrder(_names[i]))
            {
                (indexes ??= []).Add(_names[i]);
            }
            else
            {
                keys.Add(_names[i]);
            }
        }

        if (indexes is not null)
        {
            indexes.Sort(static (a, b) => a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(a, b));
            keys.InsertRange(0, indexes);
        }

        return keys;
    }

    public void Freeze() => Frozen = true;

    /// <summary>Adds without looking for a duplicate or counting: for objects made by built-ins.</summary>
    protected void Add(string name, JsValue value)
    {
        if (PropertyCount == _names.Length)
        {
            var size = Math.Max(4, PropertyCount * 2);
            Array.Resize(ref _names, size);
            Array.Resize(ref _values, size);
        }

        _names[PropertyCount] = name;
        _values[PropertyCount] = value;
        PropertyCount++;
        if (_index is not null)
        {
            _index[name] = PropertyCount - 1;
        }
        else if (PropertyCount == IndexFrom)
        {
            BuildIndex();
        }
    }

    public static JsObject Shared(params (string Name, JsValue Value)[] members)
    {
        var made = new JsObject();
        made.AddShared(members);
        return made;
    }

    protected void AddShared((string Name, JsValue Value)[] members)
    {
        foreach (var (name, value) in members)
        {
            Add(name, value);
        }

        Frozen = true;
    }

    private void BuildIndex()
    {
        _index = new Dictionary<string, int>(PropertyCount * 2, StringComparer.Ordinal);
        for (var i = 0; i < PropertyCount; i++)
        {
            _index[_names[i]] = i;
        }
    }

    private int Find(string name)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(name, out var at) ? at : -1;
        }

        for (var i = 0; i < PropertyCount; i++)
        {
            if (ReferenceEquals(_names[i], name))
            {
                return i;
            }
        }

        for (var i = 0; i < PropertyCount; i++)
        {
            if (string.Equals(_names[i], name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}

internal sealed class JsError : JsObject
{
    public static readonly string[] Kinds = ["Error", "TypeError", "RangeError", "ReferenceError", "SyntaxError", "EvalError", "URIError"];

    public required string Kind { get; init; }

    public static JsError Create(string kind, string message)
    {
        var error = new JsError { Kind = kind };
        error.Add("name", new JsValue(kind));
        error.Add("message", new JsValue(message));
        return error;
    }
}
