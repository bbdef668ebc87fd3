using System.Text.Json;
using System.Text.Json.Serialization;

namespace MonOPCO.Integrations.OpcoPortals;

/// <summary>What a run does, in this order of life. Names are those of the scripts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PortalPhase>))]
public enum PortalPhase
{
    Connexion,
    Recherche,
    Remplir,
    Relire,
    Transmettre,
    Accuse,
    Statut,
    Complement,
}

/// <summary>How one portal is used, as data: <c>portals/NAME.json</c>, described in <c>portals/README.md</c>.</summary>
public sealed record PortalScript
{
    public required string Portail { get; init; }

    public required string Titre { get; init; }

    /// <summary>Slug of the OPCO.</summary>
    public required string Opco { get; init; }

    public required int Version { get; init; }

    /// <summary>Where the portal shows its complaints; looked at while a landmark is awaited.</summary>
    public PortalTarget? Erreurs { get; init; }

    public required Dictionary<PortalPhase, PortalStep[]> Phases { get; init; }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip };

    /// <exception cref="PortalScriptException">Not JSON, an unknown member, or a step that is not exactly one action.</exception>
    public static PortalScript Parse(string json)
    {
        try
        {
            var script = JsonSerializer.Deserialize<PortalScript>(json, Json) ?? throw new PortalScriptException("Le script de portail est vide.");
            foreach (var (phase, steps) in script.Phases)
            {
                Check(steps, phase, $"{script.Portail}, phase {phase}");
            }

            return script;
        }
        catch (JsonException problem)
        {
            throw new PortalScriptException($"Le script de portail est mal écrit : {problem.Message}");
        }
    }

    private static void Check(PortalStep[] steps, PortalPhase phase, string where)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            var step = steps[i];
            if (step.Complaint(phase) is { } complaint)
            {
                throw new PortalScriptException($"{where}, étape {i + 1} : {complaint}");
            }

            Check(step.Steps ?? [], phase, $"{where}, étape {i + 1}");
            Check(step.Between ?? [], phase, $"{where}, étape {i + 1}");
        }
    }
}

/// <summary>A script or its data cannot be used: a mistake of ours, found before the portal is visited.</summary>
public sealed class PortalScriptException(string message) : Exception(message);

/// <summary>One element of a page: exactly one way to find it. <c>{n}</c>, <c>{i}</c> (row from one, from zero) and <c>{valeur}</c> are replaced.</summary>
public sealed record PortalTarget
{
    public string? Label { get; init; }

    public string? Id { get; init; }

    public string? Button { get; init; }

    public string? Link { get; init; }

    public string? Heading { get; init; }

    public string? Text { get; init; }

    /// <summary>CSS, for what has neither label nor id.</summary>
    public string? Css { get; init; }

    /// <summary>End of the page's path; only for <c>expect</c>.</summary>
    public string? Url { get; init; }

    [JsonIgnore] internal int Ways => new[] { Label, Id, Button, Link, Heading, Text, Css, Url }.Count(way => way is not null);

    /// <summary>How a human names it; never a value.</summary>
    public override string ToString() =>
        Label is not null ? $"champ « {Label} »"
        : Id is not null ? $"élément « {Id} »"
        : Button is not null ? $"bouton « {Button} »"
        : Link is not null ? $"lien « {Link} »"
        : Heading is not null ? $"titre « {Heading} »"
        : Text is not null ? $"texte « {Text} »"
        : Css is not null ? $"élément « {Css} »"
        : $"adresse « {Url} »";
}
