using MonOPCO.Engine.Expressions.JavaScript.Nodes;

namespace MonOPCO.Engine.Expressions.JavaScript.Parsing;

/// <summary>Functions, their parameters, and patterns.</summary>
internal sealed partial class Parser
{
    private Token TakeName()
    {
        var token = Current;
        if (token.Kind != TokenKind.Name)
        {
            throw Unexpected("Un nom est attendu ici");
        }

        _at++;
        return token;
    }

    /// <summary>A function after its name: parameters and body.</summary>
    private FunctionExpression ParseFunctionRest(string name, int position, bool named)
    {
        return InFunction(name, position, named, ParseParameters, () => (ParseFunctionBody(), null));
    }

    private FunctionExpression ParseArrow()
    {
        var position = Current.Position;
        return InFunction("", position, named: false, () =>
        {
            PatternItem[] parameters;
            if (Current.Kind == TokenKind.Name)
            {
                parameters = [new PatternItem(null, null, ParseBinding("var"), null, false)];
            }
            else
            {
                parameters = ParseParameters();
            }

            if (Current.AfterNewLine)
            {
                throw Unexpected();
            }

            Expect("=>");
            return parameters;
        }, () => Is("{") ? (ParseFunctionBody(), null) : (null, ParseAssignment()));
    }

    private FunctionExpression InFunction(string name, int position, bool named, Func<PatternItem[]> head, Func<(Block?, Expression?)> rest)
    {
        Enter();
        var (outer, loops, switches) = (_scope, _loops, _switches);
        _scope = new BlockScope(outer, new FunctionScope(outer.Function));
        (_loops, _switches) = (0, 0);

        var parameters = head();
        var (body, value) = rest();
        NameExpression? self = null;
        if (named && _scope.Find(name) is null)
        {
            _scope.Add(name, constant: false, lexical: false);
            self = Name(name, position);
        }

        var function = Made(new FunctionExpression(name, _scope.Function, parameters, body, value, self) { Position = position });
        _functions.Add(function);
        (_scope, _loops, _switches) = (outer, loops, switches);
        _nesting--;
        return function;
    }

    private Block ParseFunctionBody()
    {
        Expect("{");
        var block = ParseStatements(() => Is("}"), _scope);
        _at++;
        return block;
    }

    private PatternItem[] ParseParameters()
    {
        Expect("(");
        var items = new List<PatternItem>();
        while (!Is(")"))
        {
            var rest = Take("...");
            if (Current.Kind == TokenKind.Name && _scope.Find(Current.Text) is not null)
            {
                throw Error($"Le paramètre « {Current.Text} » figure deux fois.");
            }

            var target = ParseBinding("var");
            items.Add(new PatternItem(null, null, target, !rest && Take("=") ? ParseAssignment() : null, rest));
            if (rest && !Is(")"))
            {
                throw Unexpected("« ) » est attendu après le dernier paramètre");
            }

            if (!Is(")"))
            {
                Expect(",");
            }
        }

        Expect(")");
        return [.. items];
    }

    /// <summary>A name or a pattern. <paramref name="kind"/> is var, let or const; null when the pattern assigns to what exists.</summary>
    private Target ParseBinding(string? kind)
    {
        Enter();
        var position = Current.Position;
        Target target;
        if (Is("["))
        {
            target = ParseArrayPattern(kind);
        }
        else if (Is("{"))
        {
            target = ParseObjectPattern(kind);
        }
        else if (kind is null)
        {
            target = ToTarget(ParseLeftHandSide());
        }
        else
        {
            var token = TakeName();
            Declare(token.Text, kind, position);
            target = new NameTarget(Name(token.Text, position)) { Position = position };
        }

        _nesting--;
        return Made(target);
    }

    private Target ToTarget(Expression expression)
    {
        switch (expression)
        {
            case NameExpression name:
                _assigned.Add(name);
                return new NameTarget(name) { Position = name.Position };
            case MemberExpression member:
                if (member is { Target: NameExpression owner, Name: { } written })
                {
                    _uses.Add((owner, written, true));
                }

                return Made(new MemberTarget(member) { Position = member.Position });
            default:
                throw _source.Error("On ne peut pas affecter de valeur à cette expression.", expression.Position);
        }
    }

    private ArrayPattern ParseArrayPattern(string? kind)
    {
        var position = Expect("[");
        var items = new List<PatternItem?>();
        while (!Is("]"))
        {
            if (Take(","))
            {
                items.Add(null);
                continue;
            }

            var rest = Take("...");
            var target = ParseBinding(kind);
            items.Add(new PatternItem(null, null, target, !rest && Take("=") ? ParseAssignment() : null, rest));
            if (!Is("]"))
            {
                Expect(rest ? "]" : ",");
            }
        }

        Expect("]");
        return new ArrayPattern([.. items]) { Position = position };
    }

    private ObjectPattern ParseObjectPattern(string? kind)
    {
        var position = Expect("{");
        var items = new List<PatternItem>();
        while (!Is("}"))
        {
            items.Add(ParseObjectPatternItem(kind));
            if (!Is("}"))
            {
                Expect(items[^1].Rest ? "}" : ",");
            }
        }

        Expect("}");
        return new ObjectPattern([.. items]) { Position = position };
    }

    private PatternItem ParseObjectPatternItem(string? kind)
    {
        if (Take("..."))
        {
            return new PatternItem(null, null, ParseBinding(kind), null, true);
        }

        var token = Current;
        var (name, computed) = ParsePropertyName();
        Target target;
        if (Take(":"))
        {
            target = ParseBinding(kind);
        }
        else
        {
            if (token.Kind != TokenKind.Name)
            {
                throw Unexpected("« : » est attendu ici");
            }

            _at--;
            target = ParseBinding(kind);
        }

        return new PatternItem(name, computed, target, Take("=") ? ParseAssignment() : null, false);
    }

    /// <summary>A word, a text, a number or <c>[expression]</c>.</summary>
    private (string? Name, Expression? Computed) ParsePropertyName()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name or TokenKind.Keyword or TokenKind.Text:
                _at++;
                return (token.Text, null);
            case TokenKind.Number:
                _at++;
                return (Values.NumberText.Of(token.Number), null);
            default:
                Expect("[");
                var computed = ParseAssignment();
                Expect("]");
                return (null, computed);
        }
    }
}
