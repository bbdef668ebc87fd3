using System.Runtime.CompilerServices;
using MonOPCO.Engine.Expressions.JavaScript.Nodes;

namespace MonOPCO.Engine.Expressions.JavaScript.Parsing;

/// <summary>Recursive descent over the tokens; names are resolved to slots once everything has been read.</summary>
internal sealed partial class Parser
{
    private readonly SourceText _source;
    private readonly int _maxNesting;
    private readonly Token[] _tokens;
    private readonly List<NameExpression> _names = [];
    private readonly List<NameExpression> _assigned = [];
    private readonly List<FunctionExpression> _functions = [];
    private readonly List<Locals> _locals = [];
    private readonly HashSet<(BlockScope Scope, string Name)> _vars = [];
    private readonly List<(NameExpression Name, string? Detail, bool IsWrite)> _uses = [];

    private int _at;
    private int _nesting;
    private BlockScope _scope;
    private int _loops;
    private int _switches;

    public Parser(SourceText source, int maxNesting)
    {
        _source = source;
        _maxNesting = maxNesting;
        _tokens = new Lexer(source).Read();
        _scope = new BlockScope(null, new FunctionScope(null));
    }

    private Token Current => _tokens[_at];

    public Program ParseProgram()
    {
        var top = _scope;
        var body = ParseStatements(() => Current.Kind == TokenKind.End, top);
        var undeclared = new List<Variable>();
        foreach (var name in _assigned)
        {
            name.DeclareIfUnknown(top, undeclared);
        }

        foreach (var name in _names)
        {
            name.Resolve();
        }

        foreach (var name in _names)
        {
            name.Settle();
        }

        foreach (var locals in _locals)
        {
            locals.Settle();
        }

        foreach (var function in _functions)
        {
            function.Settle();
        }

        return new Program(body, top.Function, undeclared, [.. _uses.Where(use => use.Name.IsOfHost).Select(use => new HostUse(use.Name.Name, use.Detail, use.IsWrite)).Distinct()]);
    }

    // Tokens

    private bool Is(string sign) => Current.Is(sign);

    private bool Take(string sign)
    {
        if (!Current.Is(sign))
        {
            return false;
        }

        _at++;
        return true;
    }

    private int Expect(string sign)
    {
        var position = Current.Position;
        return Take(sign) ? position : throw Unexpected($"« {sign} » est attendu ici");
    }

    private ScriptSyntaxException Unexpected(string? expected = null)
    {
        var token = Current;
        if (token.Kind == TokenKind.Keyword && Refusals.OfWord(token.Text) is { } refusal)
        {
            return Error(refusal);
        }

        var found = token.Kind switch
        {
            TokenKind.End => "le script s'arrête trop tôt",
            TokenKind.Template => "un texte entre ` n'est pas attendu",
            TokenKind.Text => "un texte n'est pas attendu",
            _ => $"« {Values.Operators.Short(token.Text)} » n'est pas attendu"
        };
        return Error(expected is null ? char.ToUpperInvariant(found[0]) + found[1..] + (token.Kind == TokenKind.End ? "." : " ici.") : $"{expected} : {found}.");
    }

    private ScriptSyntaxException Error(string reason) => _source.Error(reason, Current.Position);

    /// <summary>Every recursion of the parser goes through here: neither its stack nor the tree can grow without bound.</summary>
    private void Enter()
    {
        if (++_nesting > _maxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error(Refusals.Nesting);
        }
    }

    private T Made<T>(T node)
        where T : Node
    {
        return node.Depth > _maxNesting * 2 ? throw _source.Error(Refusals.Nesting, node.Position) : node;
    }

    // Scopes and names

    private NameExpression Name(string name, int position)
    {
        var made = new NameExpression(name, _scope) { Position = position };
        _names.Add(made);
        return made;
    }

    private void Declare(string name, string kind, int position)
    {
        if (kind == "var")
        {
            DeclareVar(name, position);
            return;
        }

        if (_scope.Find(name) is not null || _vars.Contains((_scope, name)))
        {
            throw _source.Error($"« {Values.Operators.Short(name)} » est déjà déclaré.", position);
        }

        _scope.Add(name, kind == "const", lexical: true);
    }

    private void DeclareVar(string name, int position)
    {
        for (var scope = _scope; ; scope = scope.Parent!)
        {
            var known = scope.Find(name);
            if (known is { Lexical: true })
            {
                throw _source.Error($"« {Values.Operators.Short(name)} » est déjà déclaré.", position);
            }

            if (scope.IsFunctionTop)
            {
                if (known is null)
                {
                    scope.Add(name, constant: false, lexical: false);
                }

                return;
            }

            _vars.Add((scope, name));
        }
    }

    private Locals? LocalsOf(BlockScope scope, List<(NameExpression, FunctionExpression)> functions)
    {
        if (scope.Lexicals.Count == 0 && functions.Count == 0)
        {
            return null;
        }

        var made = new Locals(scope, [.. functions]);
        _locals.Add(made);
        return made;
    }
}
