using MonOPCO.Sandbox.Pages;

namespace MonOPCO.Sandbox.Portals;

/// <summary>The HTML of a portal's form fields.</summary>
internal static class FormRenderer
{
    private static readonly Dictionary<string, string> None = [];

    public static Html Errors(Dictionary<string, string> errors) => Html.If(errors.Count > 0, $"""
        <div id="erreurs" class="erreurs" role="alert">
        <h2>{(errors.Count == 1 ? "Une erreur est à corriger" : $"{errors.Count} erreurs sont à corriger")}</h2>
        <ul>{Html.Join(errors, e => Html.Of($"<li><a href=\"#{e.Key}\">{e.Value}</a></li>"))}</ul>
        </div>
        """);

    public static Html Sections(FormStep step, Draft draft, Dictionary<string, string> errors, string addRow, bool alone) => Html.Join(step.Sections, section => section.Repeated
        ? Html.Of($"""
            <section class="groupe">{Title(section, alone)}
            {Html.Join(Enumerable.Range(0, draft.Rows), row => Html.Of($"""
                <fieldset class="ligne"><legend>{section.RowTitle} {row + 1}</legend>{Html.Join(section.Fields, f => Field(f.AtRow(row), draft, errors))}</fieldset>
                """))}
            <p><button type="submit" class="second" name="action" value="ajouter" formnovalidate id="btn-ajouter">{addRow}</button>
            {Html.If(draft.Rows > 1, $"<button type=\"submit\" class=\"discret\" name=\"action\" value=\"retirer\" formnovalidate id=\"btn-retirer\">Retirer la dernière ligne</button>")}</p>
            </section>
            """)
        : Html.Of($"<section class=\"groupe\">{Title(section, alone)}{Html.Join(section.Fields, f => Field(f, draft, errors))}</section>"));

    // A form of one page has no heading between its title and its sections.
    private static Html Title(FormSection section, bool alone) => alone ? Html.Of($"<h2>{section.Title}</h2>") : Html.Of($"<h3>{section.Title}</h3>");

    /// <summary>A field that stands alone, without draft.</summary>
    public static Html Alone(FormField field, string value, string type = "text", string autocomplete = "off") => Html.Of($"""
        <div class="champ"><label for="{field.Id}">{field.Label}</label><input type="{type}" id="{field.Id}" name="{field.Name}" value="{value}" autocomplete="{autocomplete}"></div>
        """);

    private static Html Field(FormField f, Draft draft, Dictionary<string, string>? errors)
    {
        errors ??= None;
        var value = draft[f.Key];
        var complaint = errors.GetValueOrDefault(f.Id);
        var described = string.Join(' ', new[] { f.Help is null ? null : f.Id + "-aide", complaint is null ? null : f.Id + "-erreur" }.OfType<string>());
        var state = Html.Of($"{Html.If(f.Required, $" aria-required=\"true\"")}{Html.If(complaint is not null, $" aria-invalid=\"true\"")}{Html.If(described.Length > 0, $" aria-describedby=\"{described}\"")}");
        var optional = Html.If(!f.Required, $" <span class=\"facultatif\">(facultatif)</span>");
        var notes = Html.Of($"{Html.If(f.Help is not null, $"<span class=\"aide\" id=\"{f.Id}-aide\">{f.Help}</span>")}{Html.If(complaint is not null, $"<span class=\"erreur\" id=\"{f.Id}-erreur\">{complaint}</span>")}");
        switch (f.Kind)
        {
            case FieldKind.Radio:
                return Html.Of($"""
                    <fieldset class="champ choix" role="radiogroup" id="{f.Id}"{state}><legend>{f.Label}{optional}</legend>{notes}{Html.Join(f.Options, o => Html.Of($"""
                    <span class="option"><input type="radio" id="{f.Id}-{o.Value.ToLowerInvariant()}" name="{f.Name}" value="{o.Value}"{Html.If(o.Value == value, $" checked")}><label for="{f.Id}-{o.Value.ToLowerInvariant()}">{o.Label}</label></span>
                    """))}</fieldset>
                    """);
            case FieldKind.SplitDate:
                var parts = value.Split('/') is [var day, var month, var year] ? (day, month, year) : ("", "", "");
                return Html.Of($"""
                    <fieldset class="champ date" id="{f.Id}"{Html.If(described.Length > 0, $" aria-describedby=\"{described}\"")}><legend>{f.Label}{optional}</legend>{notes}
                    <span><label for="{f.Id}_j">Jour</label><input id="{f.Id}_j" name="{f.Name}_j" value="{parts.Item1}" inputmode="numeric" maxlength="2" size="2" autocomplete="off"{Html.If(complaint is not null, $" aria-invalid=\"true\"")}></span>
                    <span><label for="{f.Id}_m">Mois</label><input id="{f.Id}_m" name="{f.Name}_m" value="{parts.Item2}" inputmode="numeric" maxlength="2" size="2" autocomplete="off"{Html.If(complaint is not null, $" aria-invalid=\"true\"")}></span>
                    <span><label for="{f.Id}_a">Année</label><input id="{f.Id}_a" name="{f.Name}_a" value="{parts.Item3}" inputmode="numeric" maxlength="4" size="4" autocomplete="off"{Html.If(complaint is not null, $" aria-invalid=\"true\"")}></span>
                    </fieldset>
                    """);
            case FieldKind.Select:
                return Html.Of($"""
                    <div class="champ"><label for="{f.Id}">{f.Label}{optional}</label>{notes}<select id="{f.Id}" name="{f.Name}"{state}><option value="">Choisir…</option>{Html.Join(f.Options, o => Html.Of($"<option value=\"{o.Value}\"{Html.If(o.Value == value, $" selected")}>{o.Label}</option>"))}</select></div>
                    """);
            case FieldKind.TextArea:
                return Html.Of($"<div class=\"champ large\"><label for=\"{f.Id}\">{f.Label}{optional}</label>{notes}<textarea id=\"{f.Id}\" name=\"{f.Name}\" rows=\"4\"{state}>\n{value}</textarea></div>");
            case FieldKind.File:
                var kept = draft.Pieces.GetValueOrDefault(f.Key);
                return Html.Of($"""
                    <div class="champ"><label for="{f.Id}">{f.Label}{optional}</label>{notes}{Html.If(kept is not null, $"<span class=\"depose\" id=\"{f.Id}-depose\">Déjà déposé : {kept?.Fichier} ({Fr.Size(kept?.Taille ?? 0)})</span>")}<input type="file" id="{f.Id}" name="{f.Name}" accept="application/pdf,.pdf"{state}></div>
                    """);
            default:
                var mode = f.Kind switch
                {
                    FieldKind.Siret or FieldKind.Idcc or FieldKind.Nda or FieldKind.Integer => "numeric",
                    FieldKind.Hours or FieldKind.Amount => "decimal",
                    FieldKind.Email => "email",
                    _ => "text"
                };
                return Html.Of($"<div class=\"champ\"><label for=\"{f.Id}\">{f.Label}{optional}</label>{notes}<input type=\"text\" id=\"{f.Id}\" name=\"{f.Name}\" value=\"{value}\" inputmode=\"{mode}\" autocomplete=\"off\"{state}></div>");
        }
    }
}
