using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MonOPCO.Host.Tests.Story;

/// <summary>Keeps what is logged: message, values, scopes and exception, as a structured log would.</summary>
internal sealed class LogSink(ConcurrentQueue<string> lines) : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider? _scopes;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(LogSink sink, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => sink._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = new System.Text.StringBuilder($"{logLevel} {category}: {formatter(state, exception)} {exception}");
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                text.AppendJoin(' ', values.Select(x => $"{x.Key}={x.Value}"));
            }

            sink._scopes?.ForEachScope((scope, all) => all.Append(' ').Append(scope is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(x => $"{x.Key}={x.Value}")) : scope), text);
            sink.Keep(text.ToString());
        }
    }

    private void Keep(string line) => lines.Enqueue(line);
}
