using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Nodes;

/// <summary>Something a value can be put into: a name, a property, or a pattern that takes the value apart.</summary>
internal abstract class Target : Node
{
    public abstract void Assign(Frame frame, JsValue value, bool declaring);
}

internal sealed class NameTarget(NameExpression name) : Target
{
    public NameExpression Name { get; } = name;

    public override void Assign(Frame frame, JsValue value, bool declaring) => Name.Assign(frame, value, declaring);
}

internal sealed class MemberTarget : Target
{
    public MemberTarget(MemberExpression member)
    {
        Member = member;
        Depth = DepthOver(member);
    }

    public MemberExpression Member { get; }

    public override void Assign(Frame frame, JsValue value, bool declaring)
    {
        var (target, key) = Locate(frame);
        Write(frame, target, key, value);
    }

    public (JsValue Target, JsValue Key) Locate(Frame frame)
    {
        var target = Member.Target.Evaluate(frame);
        return (target, Member.Key is null ? default : Member.Key.Evaluate(frame));
    }

    public JsValue Read(Frame frame, JsValue target, JsValue key)
    {
        frame.Runtime.Position = Position;
        return Member.Name is not null ? Operators.GetMember(target, Member.Name, frame.Runtime) : Operators.GetIndex(target, key, frame.Runtime);
    }

    public void Write(Frame frame, JsValue target, JsValue key, JsValue value)
    {
        frame.Runtime.Position = Position;
        if (Member.Name is not null)
        {
            Operators.SetMember(target, Member.Name, value, frame.Runtime);
        }
        else
        {
            Operators.SetIndex(target, key, value, frame.Runtime);
        }
    }
}

internal readonly record struct PatternItem(string? Name, Expression? ComputedName, Target Target, Expression? Default, bool Rest);

internal sealed class ArrayPattern : Target
{
    private readonly PatternItem?[] _items;

    public ArrayPattern(PatternItem?[] items)
    {
        _items = items;
        foreach (var item in items)
        {
            Depth = Math.Max(Depth, DepthOver(item?.Target, item?.Default));
        }
    }

    public override void Assign(Frame frame, JsValue value, bool declaring)
    {
        var runtime = frame.Runtime;
        runtime.Position = Position;
        var each = new Iteration(value, runtime);
        foreach (var item in _items)
        {
            if (item is { Rest: true } rest)
            {
                var others = new JsArray();
                while (each.Next(out var other))
                {
                    others.Add(other, runtime);
                }

                rest.Target.Assign(frame, new JsValue(others), declaring);
                return;
            }

            each.Next(out var part);
            if (item is { } one)
            {
                one.Target.Assign(frame, part.IsUndefined && one.Default is not null ? one.Default.Evaluate(frame) : part, declaring);
            }
        }
    }
}

internal sealed class ObjectPattern : Target
{
    private readonly PatternItem[] _items;

    public ObjectPattern(PatternItem[] items)
    {
        _items = items;
        foreach (var item in items)
        {
            Depth = Math.Max(Depth, DepthOver(item.Target, item.Default, item.ComputedName));
        }
    }

    public override void Assign(Frame frame, JsValue value, bool declaring)
    {
        var runtime = frame.Runtime;
        runtime.Position = Position;
        if (value.IsNullish)
        {
            throw runtime.TypeError($"impossible de décomposer {(value.IsUndefined ? "undefined" : "null")}.");
        }

        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in _items)
        {
            runtime.Step();
            if (item.Rest)
            {
                var others = new JsObject();
                ObjectExpression.CopyMembers(value, others, taken, runtime);
                item.Target.Assign(frame, new JsValue(others), declaring);
                return;
            }

            var name = item.Name ?? Operators.PropertyKey(item.ComputedName!.Evaluate(frame), runtime);
            taken.Add(name);
            var part = Operators.GetMember(value, name, runtime);
            item.Target.Assign(frame, part.IsUndefined && item.Default is not null ? item.Default.Evaluate(frame) : part, declaring);
        }
    }
}

internal sealed class AssignExpression : Expression
{
    private readonly Target _target;
    private readonly Expression _value;

    public AssignExpression(Target target, Expression value)
    {
        _target = target;
        _value = value;
        Depth = DepthOver(target, value);
    }

    public override JsValue Evaluate(Frame frame)
    {
        frame.Runtime.Step();
        if (_target is MemberTarget member)
        {
            var (target, key) = member.Locate(frame);
            var assigned = _value.Evaluate(frame);
            member.Write(frame, target, key, assigned);
            return assigned;
        }

        var value = _value.Evaluate(frame);
        _target.Assign(frame, value, declaring: false);
        return value;
    }
}

/// <summary><c>a += b</c> and the like; <c>a &amp;&amp;= b</c> when <see cref="_logical"/> is given.</summary>
internal sealed class CompoundAssignExpression : Expression
{
    private readonly Target _target;
    private readonly BinaryOperator _operation;
    private readonly LogicalOperator? _logical;
    private readonly Expression _value;

    public CompoundAssignExpression(Target target, BinaryOperator operation, LogicalOperator? logical, Expression value)
    {
        _target = target;
        _operation = operation;
        _logical = logical;
        _value = value;
        Depth = DepthOver(target, value);
    }

    public override JsValue Evaluate(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Step();
        JsValue holder = default, key = default, old;
        var member = _target as MemberTarget;
        if (member is not null)
        {
            (holder, key) = member.Locate(frame);
            old = member.Read(frame, holder, key);
        }
        else
        {
            old = ((NameTarget)_target).Name.Evaluate(frame);
        }

        if (_logical is { } logical && LogicalExpression.Stops(logical, old))
        {
            return old;
        }

        var value = _value.Evaluate(frame);
        runtime.Position = Position;
        if (_logical is null)
        {
            value = Binary.Apply(_operation, old, value, runtime);
        }

        if (member is not null)
        {
            member.Write(frame, holder, key, value);
        }
        else
        {
            _target.Assign(frame, value, declaring: false);
        }

        return value;
    }
}

internal sealed class UpdateExpression : Expression
{
    private readonly Target _target;
    private readonly int _change;
    private readonly bool _prefix;

    public UpdateExpression(Target target, int change, bool prefix)
    {
        _target = target;
        _change = change;
        _prefix = prefix;
        Depth = DepthOver(target);
    }

    public override JsValue Evaluate(Frame frame)
    {
        var runtime = frame.Runtime;
        runtime.Step();
        if (_target is MemberTarget member)
        {
            var (holder, key) = member.Locate(frame);
            var before = Operators.ToNumber(member.Read(frame, holder, key), runtime);
            member.Write(frame, holder, key, new JsValue(before + _change));
            return new JsValue(_prefix ? before + _change : before);
        }

        var name = ((NameTarget)_target).Name;
        var old = Operators.ToNumber(name.Evaluate(frame), runtime);
        name.Assign(frame, new JsValue(old + _change), declaring: false);
        return new JsValue(_prefix ? old + _change : old);
    }
}
