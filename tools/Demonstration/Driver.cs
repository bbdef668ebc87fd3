using System.Diagnostics;
using MonOPCO.Demonstration.Scenes;
using MonOPCO.Demonstration.Web;

namespace MonOPCO.Demonstration;

/// <summary>Where to play, the file that remembers, and how long at most.</summary>
public sealed record DriverOptions(Uri Host, Uri Sandbox, string? ProgressFile, TimeSpan Limit);

/// <summary>Plays the six dossiers through the pages of the Host and of the Sandbox, side by side.</summary>
public static class Driver
{
    /// <summary>True when every dossier stands where it should. A scene that fails leaves the others alone; the next call goes on with it.</summary>
    public static async Task<bool> RunAsync(DriverOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var progress = new Progress(options.ProgressFile);
        if (progress.IsFinished)
        {
            return true;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Limit);
        var watch = Stopwatch.StartNew();
        var playing = new List<Task<bool>>();
        foreach (var story in Stories.All)
        {
            // One after the other up to the number, so that numbers follow the age; the rest of each runs beside the others.
            var scene = new Scene(options.Host, options.Sandbox, story.Key, story.Contact, story.Training, story.Employees, limit.Token);
            var asked = await TryAsync(story, scene, () => AskAsync(scene, progress));
            playing.Add(asked ? PlayAsync(story, scene) : Task.FromResult(false));
        }

        var done = await Task.WhenAll(playing);
        if (done.All(x => x))
        {
            progress.Finish();
            return true;
        }

        return false;

        async Task<bool> PlayAsync(Story story, Scene scene)
        {
            using (scene)
            {
                var played = await TryAsync(story, scene, () => story.PlayAsync(scene));
                if (played)
                {
                    Say($"  ✔ {scene.Numero}  {story.Contact.Company} : {story.Stage} ({watch.Elapsed.TotalSeconds:0} s)");
                }

                return played;
            }
        }

        async Task<bool> TryAsync(Story story, Scene scene, Func<Task> act)
        {
            try
            {
                await act();
                return true;
            }
            catch (Exception problem) when (problem is DemonstrationException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                var why = problem switch
                {
                    DemonstrationException => problem.Message,
                    OperationCanceledException when limit.IsCancellationRequested => $"le temps accordé ({options.Limit.TotalSeconds:0} s) est passé.",
                    OperationCanceledException => "la page n'a pas répondu en une minute.",
                    _ => $"l'adresse ne répond pas ({problem.Message}).",
                };
                Say($"  ✘ {scene.Numero}  {story.Contact.Company} : {story.Stage}\n      étape « {scene.Step} » : {why}");
                return false;
            }
        }

        void Say(string line)
        {
            lock (output)
            {
                output.WriteLine(line);
            }
        }
    }

    private static async Task AskAsync(Scene scene, Progress progress)
    {
        if (progress.NumeroOf(scene.Key) is { } numero)
        {
            scene.Numero = numero;
            return;
        }

        await scene.RequestAsync();
        progress.Keep(scene.Key, scene.Numero);
    }
}
