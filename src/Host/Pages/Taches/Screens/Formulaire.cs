using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Forms;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>The screen of every task without one of its own: the form that its JSON Schema describes, and the task's context as facts.</summary>
public sealed class Formulaire : TaskScreen
{
    public override object Form => Input;

    public Typed Input { get; } = new();

    public IReadOnlyList<SchemaField> Fields => SchemaForm.FieldsOf(Work.Form);

    /// <summary>What the procedure shows besides; objects and lists are left out.</summary>
    public IEnumerable<(string Name, string Value)> Facts => (Work.Context ?? []).Where(x => x.Value is JsonValue).Select(x => (x.Key, x.Value!.ToString()));

    /// <summary>What was typed, kept in a draft, or given by the context.</summary>
    public string? ValueOf(SchemaField field) => Input.Values.TryGetValue(field.Path, out var typed) ? typed : SchemaForm.Given(field, Work.Context);

    public override Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        if (Plain(outcome, form, errors) is not { } plain)
        {
            return Task.FromResult<ScreenAnswer?>(null);
        }

        var data = SchemaForm.Read(Fields, Input.Values, (path, sentence) => errors.AddModelError($"Input.Values[{path}]", sentence));
        return Task.FromResult(data is null ? null : plain with { Data = data });
    }

    /// <summary>Nothing to type: the same answer may go to many.</summary>
    public override Task<string?> BulkRefusalAsync(TaskOutcome outcome, CancellationToken cancellationToken) =>
        Task.FromResult(Fields.Any(x => x.Required) ? "Son formulaire est à remplir : ouvrez-la." : null);

    public sealed class Typed
    {
        /// <summary>Path → text.</summary>
        public Dictionary<string, string?> Values { get; set; } = [];
    }
}

/// <summary>For <c>_SchemaField</c>: one field and the screen it stands on.</summary>
public sealed record FieldOnScreen(Formulaire Screen, SchemaField Field);
