using MonOPCO.Engine.Expressions.JavaScript.Nodes;

namespace MonOPCO.Engine.Expressions.JavaScript.Parsing;

internal sealed partial class Parser
{
    private readonly Stack<List<(NameExpression, FunctionExpression)>> _hoistedFunctions = new();

    private Block ParseStatements(Func<bool> atEnd, BlockScope scope)
    {
        var position = Current.Position;
        _hoistedFunctions.Push([]);
        var statements = new List<Statement>();
        while (!atEnd())
        {
            if (Current.Kind == TokenKind.End)
            {
                throw Unexpected();
            }

            statements.Add(ParseStatement(declarationAllowed: true));
        }

        return Made(new Block(LocalsOf(scope, _hoistedFunctions.Pop()), [.. statements]) { Position = position });
    }

    private Block ParseBlock()
    {
        Expect("{");
        _scope = new BlockScope(_scope, _scope.Function);
        var block = ParseStatements(() => Is("}"), _scope);
        _scope = _scope.Parent!;
        _at++;
        return block;
    }

    private Statement ParseStatement(bool declarationAllowed = false)
    {
        Enter();
        var statement = Made(ParseStatementCore(declarationAllowed));
        _nesting--;
        return statement;
    }

    private Statement ParseStatementCore(bool declarationAllowed)
    {
        var token = Current;
        if (token.Kind == TokenKind.Name && _tokens[_at + 1].Is(":"))
        {
            throw Error(Refusals.Label);
        }

        if (token.Kind is TokenKind.Sign or TokenKind.Keyword)
        {
            switch (token.Text)
            {
                case "{":
                    return ParseBlock();
                case ";":
                    _at++;
                    return new EmptyStatement { Position = token.Position };
                case "var":
                case "let" or "const" when declarationAllowed:
                    var declaration = ParseDeclaration(inLoop: false);
                    EndStatement();
                    return declaration;
                case "let" or "const" or "function" when !declarationAllowed:
                    throw Error("Une déclaration doit se trouver entre accolades ici.");
                case "function":
                    return ParseFunctionDeclaration();
                case "if":
                    return ParseIf();
                case "for":
                    return ParseFor();
                case "while":
                    return ParseWhile();
                case "do":
                    return ParseDo();
                case "break":
                    return ParseJump(Completion.Break, _loops + _switches > 0, "« break » n'a de sens que dans une boucle ou un « switch ».");
                case "continue":
                    return ParseJump(Completion.Continue, _loops > 0, "« continue » n'a de sens que dans une boucle.");
                case "return":
                    return ParseReturn();
                case "throw":
                    return ParseThrow();
                case "try":
                    return ParseTry();
                case "switch":
                    return ParseSwitch();
            }
        }

        var expression = ParseExpression();
        EndStatement();
        return new ExpressionStatement(expression) { Position = token.Position };
    }

    /// <summary>A semicolon, or where JavaScript puts one by itself.</summary>
    private void EndStatement()
    {
        if (!Take(";") && !Is("}") && Current.Kind != TokenKind.End && !Current.AfterNewLine)
        {
            throw Unexpected();
        }
    }

    private DeclarationStatement ParseDeclaration(bool inLoop) => ParseDeclarationFrom(Current, ParseFirstBinding(), inLoop);

    private Target ParseFirstBinding() => ParseBinding(_tokens[_at++].Text);

    private DeclarationStatement ParseDeclarationFrom(Token token, Target first, bool inLoop)
    {
        var declarations = new List<(Target, Expression?)>();
        do
        {
            var target = declarations.Count == 0 ? first : ParseBinding(token.Text);
            Expression? value = Take("=") ? ParseAssignment(allowIn: !inLoop) : null;
            if (value is null && !inLoop && (token.Text == "const" || target is not NameTarget))
            {
                throw Unexpected("Une valeur initiale est attendue");
            }

            declarations.Add((target, value));
        }
        while (Take(","));

        return Made(new DeclarationStatement([.. declarations], token.Text == "var") { Position = token.Position });
    }

    private EmptyStatement ParseFunctionDeclaration()
    {
        var position = Expect("function");
        if (Is("*"))
        {
            throw Error(Refusals.OfWord("yield")!);
        }

        var nameToken = TakeName();
        if (_scope.IsFunctionTop)
        {
            if (_scope.Find(nameToken.Text) is { Lexical: true })
            {
                throw _source.Error($"« {nameToken.Text} » est déjà déclaré.", nameToken.Position);
            }

            DeclareVar(nameToken.Text, nameToken.Position);
        }
        else
        {
            Declare(nameToken.Text, "function", nameToken.Position);
        }

        var name = Name(nameToken.Text, nameToken.Position);
        var function = ParseFunctionRest(nameToken.Text, position, named: false);
        _hoistedFunctions.Peek().Add((name, function));
        return new EmptyStatement { Position = position };
    }

    private IfStatement ParseIf()
    {
        var position = Current.Position;
        var branches = new List<(Expression, Statement)>();
        Statement? otherwise = null;
        while (true)
        {
            Expect("if");
            branches.Add((ParseParenthesised(), ParseStatement()));
            if (!Take("else"))
            {
                break;
            }

            if (!Is("if"))
            {
                otherwise = ParseStatement();
                break;
            }
        }

        return new IfStatement([.. branches], otherwise) { Position = position };
    }

    private Expression ParseParenthesised()
    {
        Expect("(");
        var expression = ParseExpression();
        Expect(")");
        return expression;
    }

    private Statement ParseLoopBody()
    {
        _loops++;
        var body = ParseStatement();
        _loops--;
        return body;
    }

    private WhileStatement ParseWhile()
    {
        var position = Expect("while");
        return new WhileStatement(ParseParenthesised(), ParseLoopBody(), bodyFirst: false) { Position = position };
    }

    private WhileStatement ParseDo()
    {
        var position = Expect("do");
        var body = ParseLoopBody();
        Expect("while");
        var condition = ParseParenthesised();
        Take(";");
        return new WhileStatement(condition, body, bodyFirst: true) { Position = position };
    }

    private Statement ParseFor()
    {
        var position = Expect("for");
        Expect("(");
        var outer = _scope;
        _scope = new BlockScope(outer, outer.Function);
        var statement = ParseForHead(position);
        _scope = outer;
        return statement;
    }

    private Statement ParseForHead(int position)
    {
        Statement? start = null;
        if (Is("var") || Is("let") || Is("const"))
        {
            var token = Current;
            var target = ParseFirstBinding();
            if (IsOf() || Is("in"))
            {
                return ParseForEach(position, target, declaring: true);
            }

            start = ParseDeclarationFrom(token, target, inLoop: true);
        }
        else if (!Is(";"))
        {
            if (TryParseForEachTarget() is { } target)
            {
                return ParseForEach(position, target, declaring: false);
            }

            var expression = ParseExpression(allowIn: false);
            start = new ExpressionStatement(expression) { Position = expression.Position };
        }

        Expect(";");
        var condition = Is(";") ? null : ParseExpression();
        Expect(";");
        var step = Is(")") ? null : ParseExpression();
        Expect(")");
        var body = ParseLoopBody();
        return new ForStatement(LocalsOf(_scope, []), start, condition, step, body) { Position = position };
    }

    /// <summary>Only a plain name, or a pattern, stands before <c>of</c> and <c>in</c> without a declaration.</summary>
    private Target? TryParseForEachTarget()
    {
        var next = Is("[") || Is("{") ? Current.Closing + 1 : Current.Kind == TokenKind.Name ? _at + 1 : -1;
        if (next < 0 || !(_tokens[next] is { Kind: TokenKind.Name, Text: "of" } || _tokens[next].Is("in")))
        {
            return null;
        }

        return ParseBinding(null);
    }

    private bool IsOf() => Current is { Kind: TokenKind.Name, Text: "of" };

    private ForEachStatement ParseForEach(int position, Target target, bool declaring)
    {
        var keys = Is("in");
        _at++;
        var source = keys ? ParseExpression() : ParseAssignment();
        Expect(")");
        var body = ParseLoopBody();
        return new ForEachStatement(LocalsOf(_scope, []), target, declaring, source, body, keys) { Position = position };
    }

    private JumpStatement ParseJump(Completion completion, bool allowed, string refusal)
    {
        var position = Current.Position;
        if (!allowed)
        {
            throw Error(refusal);
        }

        _at++;
        if (Current.Kind == TokenKind.Name && !Current.AfterNewLine)
        {
            throw Error(Refusals.Label);
        }

        EndStatement();
        return new JumpStatement(completion) { Position = position };
    }

    private ReturnStatement ParseReturn()
    {
        var position = Expect("return");
        var value = Is(";") || Is("}") || Current.Kind == TokenKind.End || Current.AfterNewLine ? null : ParseExpression();
        EndStatement();
        return new ReturnStatement(value) { Position = position };
    }

    private ThrowStatement ParseThrow()
    {
        var position = Expect("throw");
        if (Current.AfterNewLine)
        {
            throw Unexpected("Une valeur est attendue sur la même ligne que « throw »");
        }

        var value = ParseExpression();
        EndStatement();
        return new ThrowStatement(value) { Position = position };
    }

    private TryStatement ParseTry()
    {
        var position = Expect("try");
        var body = ParseBlock();
        Locals? locals = null;
        Target? caught = null;
        Block? handler = null;
        if (Take("catch"))
        {
            _scope = new BlockScope(_scope, _scope.Function);
            if (Take("("))
            {
                caught = ParseBinding("let");
                Expect(")");
            }

            handler = ParseBlock();
            locals = LocalsOf(_scope, []);
            _scope = _scope.Parent!;
        }

        var final = Take("finally") ? ParseBlock() : null;
        if (handler is null && final is null)
        {
            throw Unexpected("« catch » ou « finally » est attendu ici");
        }

        return new TryStatement(body, locals, caught, handler, final) { Position = position };
    }

    private SwitchStatement ParseSwitch()
    {
        var position = Expect("switch");
        var subject = ParseParenthesised();
        Expect("{");
        _scope = new BlockScope(_scope, _scope.Function);
        _switches++;
        _hoistedFunctions.Push([]);
        var cases = new List<(Expression?, Statement[])>();
        var hasDefault = false;
        while (!Take("}"))
        {
            Expression? test = null;
            if (Take("case"))
            {
                test = ParseExpression();
            }
            else
            {
                if (hasDefault)
                {
                    throw Error("Un « switch » n'a qu'un seul « default ».");
                }

                Expect("default");
                hasDefault = true;
            }

            Expect(":");
            var body = new List<Statement>();
            while (!Is("case") && !Is("default") && !Is("}"))
            {
                body.Add(ParseStatement(declarationAllowed: true));
            }

            cases.Add((test, [.. body]));
        }

        _switches--;
        var locals = new Locals(_scope, [.. _hoistedFunctions.Pop()]);
        _locals.Add(locals);
        _scope = _scope.Parent!;
        return new SwitchStatement(subject, locals, [.. cases]) { Position = position };
    }
}
