using System.Collections.Frozen;
using MonOPCO.Engine.Expressions.JavaScript.Nodes;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Expressions.JavaScript.Parsing;

internal sealed partial class Parser
{
    private static readonly FrozenDictionary<string, (int Level, BinaryOperator Operation)> Binaries = new Dictionary<string, (int, BinaryOperator)>
    {
        ["|"] = (4, BinaryOperator.Or),
        ["^"] = (5, BinaryOperator.Xor),
        ["&"] = (6, BinaryOperator.And),
        ["=="] = (7, BinaryOperator.Equal),
        ["!="] = (7, BinaryOperator.NotEqual),
        ["==="] = (7, BinaryOperator.StrictEqual),
        ["!=="] = (7, BinaryOperator.StrictNotEqual),
        ["<"] = (8, BinaryOperator.Less),
        ["<="] = (8, BinaryOperator.LessOrEqual),
        [">"] = (8, BinaryOperator.Greater),
        [">="] = (8, BinaryOperator.GreaterOrEqual),
        ["in"] = (8, BinaryOperator.In),
        ["instanceof"] = (8, BinaryOperator.InstanceOf),
        ["<<"] = (9, BinaryOperator.ShiftLeft),
        [">>"] = (9, BinaryOperator.ShiftRight),
        [">>>"] = (9, BinaryOperator.ShiftRightUnsigned),
        ["+"] = (10, BinaryOperator.Add),
        ["-"] = (10, BinaryOperator.Subtract),
        ["*"] = (11, BinaryOperator.Multiply),
        ["/"] = (11, BinaryOperator.Divide),
        ["%"] = (11, BinaryOperator.Remainder),
        ["**"] = (12, BinaryOperator.Power)
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, UnaryOperator> Unaries = new Dictionary<string, UnaryOperator>
    {
        ["!"] = UnaryOperator.Not,
        ["-"] = UnaryOperator.Minus,
        ["+"] = UnaryOperator.Plus,
        ["~"] = UnaryOperator.Complement,
        ["typeof"] = UnaryOperator.TypeOf,
        ["void"] = UnaryOperator.Void,
        ["delete"] = UnaryOperator.Delete
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private bool _allowIn = true;

    private Expression ParseExpression(bool allowIn = true)
    {
        var first = ParseAssignment(allowIn);
        if (!Is(","))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (Take(","))
        {
            items.Add(ParseAssignment(allowIn));
        }

        return Made(new SequenceExpression([.. items]) { Position = first.Position });
    }

    private Expression ParseAssignment(bool allowIn = true)
    {
        Enter();
        var outer = _allowIn;
        _allowIn = allowIn;
        var expression = ParseAssignmentCore();
        _allowIn = outer;
        _nesting--;
        return expression;
    }

    private Expression ParseAssignmentCore()
    {
        var token = Current;
        if (IsArrow())
        {
            return ParseArrow();
        }

        if ((token.Is("[") || token.Is("{")) && _tokens[token.Closing + 1].Is("="))
        {
            var pattern = ParseBinding(null);
            Expect("=");
            return Made(new AssignExpression(pattern, ParseAssignment(_allowIn)) { Position = token.Position });
        }

        var left = ParseConditional();
        if (Current.Kind != TokenKind.Sign || Current.Text[^1] != '=' || Current.Text is "==" or "===" or "!=" or "!==" or "<=" or ">=")
        {
            return left;
        }

        var sign = Current;
        var target = ToTarget(left);
        _at++;
        var value = ParseAssignment(_allowIn);
        Expression assignment = sign.Text switch
        {
            "=" => new AssignExpression(target, value) { Position = sign.Position },
            "&&=" => new CompoundAssignExpression(target, default, LogicalOperator.And, value) { Position = sign.Position },
            "||=" => new CompoundAssignExpression(target, default, LogicalOperator.Or, value) { Position = sign.Position },
            "??=" => new CompoundAssignExpression(target, default, LogicalOperator.Coalesce, value) { Position = sign.Position },
            _ => new CompoundAssignExpression(target, Binaries[sign.Text[..^1]].Operation, null, value) { Position = sign.Position }
        };
        return Made(assignment);
    }

    private bool IsArrow() => Current.Kind == TokenKind.Name
        ? _tokens[_at + 1].Is("=>")
        : Current.Is("(") && _tokens[Current.Closing + 1].Is("=>");

    private Expression ParseConditional()
    {
        var condition = ParseCoalesce();
        if (!Is("?"))
        {
            return condition;
        }

        var position = Current.Position;
        _at++;
        var then = ParseAssignment();
        Expect(":");
        var otherwise = ParseAssignment(_allowIn);
        return Made(new ConditionalExpression(condition, then, otherwise) { Position = position });
    }

    private Expression ParseCoalesce()
    {
        var start = _at;
        var left = ParseOr();
        if (!Is("??"))
        {
            return left;
        }

        RefuseMixed(left, start);
        var operands = new List<Expression> { left };
        var position = Current.Position;
        while (Take("??"))
        {
            start = _at;
            operands.Add(ParseBinary(4));
            if (Is("&&") || Is("||"))
            {
                throw Error("« ?? » ne se mélange pas avec « && » ou « || » sans parenthèses.");
            }
        }

        return Made(new LogicalExpression(LogicalOperator.Coalesce, [.. operands]) { Position = position });
    }

    private void RefuseMixed(Expression left, int start)
    {
        if (left is LogicalExpression && !_tokens[start].Is("("))
        {
            throw Error("« ?? » ne se mélange pas avec « && » ou « || » sans parenthèses.");
        }
    }

    private Expression ParseOr() => ParseLogical("||", LogicalOperator.Or, () => ParseLogical("&&", LogicalOperator.And, () => ParseBinary(4)));

    private Expression ParseLogical(string sign, LogicalOperator operation, Func<Expression> operand)
    {
        var first = operand();
        if (!Is(sign))
        {
            return first;
        }

        var position = Current.Position;
        var operands = new List<Expression> { first };
        while (Take(sign))
        {
            operands.Add(operand());
        }

        return Made(new LogicalExpression(operation, [.. operands]) { Position = position });
    }

    /// <summary>Precedence climbing; operators of one level form one chain.</summary>
    private Expression ParseBinary(int level)
    {
        var isUnary = Current.Kind is TokenKind.Sign or TokenKind.Keyword && Unaries.ContainsKey(Current.Text);
        var left = ParseUnary();
        while (BinaryAt(level) is { } first)
        {
            if (first.Level == 12)
            {
                left = ParsePower(left, isUnary);
                continue;
            }

            // Operators that bind tighter than the first one seen are taken by the operands.
            var position = Current.Position;
            var operations = new List<BinaryOperator>();
            var operands = new List<Expression> { left };
            while (BinaryAt(level) is { } next && next.Level == first.Level)
            {
                _at++;
                operations.Add(next.Operation);
                operands.Add(ParseBinaryOperand(next.Level + 1));
            }

            left = operations.Count == 1
                ? Made(new BinaryExpression(operations[0], operands[0], operands[1]) { Position = position })
                : Made(new BinaryChain([.. operations], [.. operands]) { Position = position });
        }

        return left;
    }

    private Expression ParseBinaryOperand(int level) => level > 12 ? ParseUnary() : ParseBinary(level);

    private BinaryExpression ParsePower(Expression left, bool isUnary)
    {
        var position = Current.Position;

        // Also before « -(x) ** y » and « -f() ** y »: only what stands wholly in parentheses may begin with a sign.
        if (isUnary)
        {
            throw Error("Devant « ** », mettez une opération comme -x entre parenthèses.");
        }

        _at++;
        Enter();
        var right = ParseBinary(12);
        _nesting--;
        return Made(new BinaryExpression(BinaryOperator.Power, left, right) { Position = position });
    }

    private (int Level, BinaryOperator Operation)? BinaryAt(int level)
    {
        if (Current.Kind is not (TokenKind.Sign or TokenKind.Keyword) || !Binaries.TryGetValue(Current.Text, out var found) || found.Level < level)
        {
            return null;
        }

        return found.Operation == BinaryOperator.In && !_allowIn ? null : found;
    }

    private Expression ParseUnary()
    {
        var token = Current;
        if (token.Kind is not (TokenKind.Sign or TokenKind.Keyword))
        {
            return ParsePostfix();
        }

        if (token.Is("++") || token.Is("--"))
        {
            _at++;
            Enter();
            var target = ToTarget(ParseUnary());
            _nesting--;
            return Made(new UpdateExpression(target, token.Text == "++" ? 1 : -1, prefix: true) { Position = token.Position });
        }

        if (Unaries.TryGetValue(token.Text, out var operation))
        {
            _at++;
            Enter();
            var operand = ParseUnary();
            _nesting--;
            if (operation == UnaryOperator.Minus && operand is ConstantExpression { Value.IsNumber: true } number && _tokens[_at - 1].Kind == TokenKind.Number && !Is("**"))
            {
                return new ConstantExpression(new JsValue(-number.Value.Number)) { Position = token.Position };
            }

            return Made(new UnaryExpression(operation, operand) { Position = token.Position });
        }

        return ParsePostfix();
    }

    private Expression ParsePostfix()
    {
        var expression = ParseLeftHandSide();
        if ((Is("++") || Is("--")) && !Current.AfterNewLine)
        {
            var token = Current;
            var target = ToTarget(expression);
            _at++;
            return Made(new UpdateExpression(target, token.Text == "++" ? 1 : -1, prefix: false) { Position = token.Position });
        }

        return expression;
    }

    private Expression ParseLeftHandSide()
    {
        var expression = Is("new") ? ParseNew() : ParsePrimary();
        var optional = false;
        while (true)
        {
            var token = Current;
            if (Take("?."))
            {
                optional = true;
                expression = Is("(") ? Made(new CallExpression(expression, ParseArguments(), true) { Position = token.Position })
                    : Is("[") ? ParseIndex(expression, true)
                    : ParseMember(expression, true);
            }
            else if (Take("."))
            {
                expression = ParseMember(expression, false);
            }
            else if (Is("["))
            {
                expression = ParseIndex(expression, false);
            }
            else if (Is("("))
            {
                var position = expression is MemberExpression or NameExpression ? expression.Position : token.Position;
                var arguments = ParseArguments();
                if (expression is NameExpression called)
                {
                    _uses.Add((called, arguments is [ConstantExpression { Value: { IsString: true, RawText: string argument } }, ..] ? argument : null, false));
                }

                expression = Made(new CallExpression(expression, arguments, false) { Position = position });
            }
            else if (token.Kind == TokenKind.Template && _source.Text[token.Position] == '`')
            {
                throw Error("Un texte entre ` précédé d'une fonction n'est pas pris en charge.");
            }
            else
            {
                return optional ? Made(new OptionalChain(expression) { Position = expression.Position }) : expression;
            }
        }
    }

    private MemberExpression ParseMember(Expression target, bool optional)
    {
        var token = Current;
        if (token.Kind is not (TokenKind.Name or TokenKind.Keyword))
        {
            throw Unexpected("Un nom est attendu après le point");
        }

        _at++;
        if (target is NameExpression owner)
        {
            _uses.Add((owner, token.Text, false));
        }

        return Made(new MemberExpression(target, token.Text, null, optional) { Position = token.Position });
    }

    private MemberExpression ParseIndex(Expression target, bool optional)
    {
        var position = Expect("[");
        var key = ParseExpression();
        Expect("]");
        return key is ConstantExpression { Value: { IsString: true, RawText: string name } }
            ? Made(new MemberExpression(target, name, null, optional) { Position = position })
            : Made(new MemberExpression(target, null, key, optional) { Position = position });
    }

    private NewExpression ParseNew()
    {
        var position = Expect("new");
        Enter();
        Expression callee = Is("new") ? ParseNew() : ParsePrimary();
        while (Take("."))
        {
            callee = ParseMember(callee, false);
        }

        _nesting--;
        return Made(new NewExpression(callee, Is("(") ? ParseArguments() : []) { Position = position });
    }

    private Expression[] ParseArguments()
    {
        Expect("(");
        var arguments = new List<Expression>();
        while (!Take(")"))
        {
            arguments.Add(ParseSpreadOrAssignment());
            if (!Is(")"))
            {
                Expect(",");
            }
        }

        return [.. arguments];
    }

    private Expression ParseSpreadOrAssignment()
    {
        var position = Current.Position;
        return Take("...") ? Made(new SpreadElement(ParseAssignment()) { Position = position }) : ParseAssignment();
    }

    private Expression ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                _at++;
                return token.Text switch
                {
                    "undefined" => Constant(default, token),
                    "arguments" => throw _source.Error("« arguments » n'est pas pris en charge ; utilisez un dernier paramètre « ...reste ».", token.Position),
                    _ => Name(token.Text, token.Position)
                };
            case TokenKind.Number:
                _at++;
                return Constant(new JsValue(token.Number), token);
            case TokenKind.Text:
                _at++;
                return Constant(new JsValue(token.Text), token);
            case TokenKind.Template:
                return ParseTemplate();
        }

        switch (token.Text)
        {
            case "(":
                return ParseGroup();
            case "[":
                return ParseArray();
            case "{":
                return ParseObject();
            case "function":
                return ParseFunctionExpression();
            case "true":
                _at++;
                return Constant(JsValue.True, token);
            case "false":
                _at++;
                return Constant(JsValue.False, token);
            case "null":
                _at++;
                return Constant(JsValue.Null, token);
            case "/" or "/=":
                throw Error(Refusals.Regex);
            default:
                throw Unexpected();
        }
    }

    private static ConstantExpression Constant(JsValue value, Token token) => new(value) { Position = token.Position };

    /// <summary>Only ( expression ): the parameters of an arrow have been recognised before.</summary>
    private Expression ParseGroup()
    {
        Expect("(");
        var inner = ParseExpression();
        Expect(")");
        return inner;
    }

    private FunctionExpression ParseFunctionExpression()
    {
        var position = Expect("function");
        if (Is("*"))
        {
            throw Error(Refusals.OfWord("yield")!);
        }

        var name = Current.Kind == TokenKind.Name ? TakeName().Text : "";
        return ParseFunctionRest(name, position, named: name.Length > 0);
    }

    private TemplateExpression ParseTemplate()
    {
        var position = Current.Position;
        var texts = new List<string>();
        var parts = new List<Expression>();
        while (true)
        {
            var token = Current;
            if (token.Kind != TokenKind.Template)
            {
                throw Unexpected("« } » est attendu ici");
            }

            _at++;
            texts.Add(token.Text);
            if (token.Last)
            {
                return Made(new TemplateExpression([.. texts], [.. parts]) { Position = position });
            }

            parts.Add(ParseExpression());
        }
    }

    private ArrayExpression ParseArray()
    {
        var position = Expect("[");
        var items = new List<Expression?>();
        while (!Take("]"))
        {
            if (Take(","))
            {
                items.Add(null);
                continue;
            }

            items.Add(ParseSpreadOrAssignment());
            if (!Is("]"))
            {
                Expect(",");
            }
        }

        return Made(new ArrayExpression([.. items]) { Position = position });
    }

    private ObjectExpression ParseObject()
    {
        var position = Expect("{");
        var members = new List<ObjectMember>();
        while (!Take("}"))
        {
            members.Add(ParseObjectMember());
            if (!Is("}"))
            {
                Expect(",");
            }
        }

        return Made(new ObjectExpression([.. members]) { Position = position });
    }

    private ObjectMember ParseObjectMember()
    {
        var token = Current;
        if (Is("..."))
        {
            return new ObjectMember(null, null, ParseSpreadOrAssignment());
        }

        var (name, computed) = ParsePropertyName();
        if (Take(":"))
        {
            return new ObjectMember(name, computed, ParseAssignment());
        }

        if (Is("("))
        {
            return new ObjectMember(name, computed, ParseFunctionRest(name ?? "", token.Position, named: false));
        }

        if (token is { Kind: TokenKind.Name, Text: "get" or "set" } && !Is(",") && !Is("}"))
        {
            throw Error("Les accesseurs « get » et « set » ne sont pas pris en charge.");
        }

        if (token.Kind != TokenKind.Name)
        {
            throw Unexpected("« : » est attendu ici");
        }

        return new ObjectMember(name, null, token.Text == "undefined" ? Constant(default, token) : Name(name!, token.Position));
    }
}
