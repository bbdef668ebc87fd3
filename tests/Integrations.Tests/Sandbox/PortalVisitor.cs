using System.Net;
using System.Text.RegularExpressions;
using MonOPCO.Sandbox;
using MonOPCO.Sandbox.Portals;

namespace MonOPCO.Integrations.Tests.Sandbox;

/// <summary>A browser without screen: keeps cookies, follows redirections, posts forms as a browser does.</summary>
internal sealed partial class PortalVisitor(SandboxServer sandbox) : IDisposable
{
    public static readonly byte[] Pdf = "%PDF-1.4\n%%EOF"u8.ToArray();

    private readonly HttpClient http = new(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(sandbox.BaseUrl) };

    public sealed record Visit(HttpStatusCode Status, string Path, string Html)
    {
        /// <summary>Text of the element of that id, without tags.</summary>
        public string? ById(string id) => Regex.Match(Html, $"""<(\w+)[^>]*\bid="{Regex.Escape(id)}"[^>]*>(.*?)</\1>""", RegexOptions.Singleline) is { Success: true } m ? WebUtility.HtmlDecode(Tags().Replace(m.Groups[2].Value, " ")).Trim() : null;

        public bool Shows(string text) => WebUtility.HtmlDecode(Html).Contains(text, StringComparison.Ordinal);
    }

    public static readonly Dictionary<string, string> Company = new()
    {
        ["siret"] = "999 001 373 00011",
        ["raisonSociale"] = "ATELIER NUMERIQUE DE LA MODER",
        ["idcc"] = "1486",
        ["effectif"] = "14",
        ["contactNom"] = "Claire Weiss",
        ["contactEmail"] = "claire@moder.example"
    };

    public static readonly Dictionary<string, string> Action = new()
    {
        ["typeAction"] = "BILAN",
        ["intitule"] = "Bilan de compétences <b>",
        ["dateDebut"] = "04/01/2027",
        ["dateFin"] = "26/02/2027",
        ["dureeHeures"] = "17,5",
        ["modalite"] = "MIXTE",
        ["coutHt"] = "2 400,00",
        ["organismeNda"] = "44 67 01234 67",
        ["organismeNom"] = "Netz Informatique (fictif)"
    };

    public static Dictionary<string, string> Employee(int row, string name) => new()
    {
        [$"salaries[{row}].nom"] = name,
        [$"salaries[{row}].prenom"] = "Léa",
        [$"salaries[{row}].dateNaissance"] = "03/02/1990",
        [$"salaries[{row}].poste"] = "Développeuse",
        [$"salaries[{row}].contrat"] = "CDI",
        [$"salaries[{row}].categorie"] = "CADRE"
    };

    public static Dictionary<string, byte[]> Files(params string[] names) => names.ToDictionary(n => n, _ => Pdf);

    public async Task<Visit> GetAsync(string path) => await ReadAsync(await http.GetAsync(path));

    public async Task<Visit> PostAsync(string path, Dictionary<string, string> fields, Dictionary<string, byte[]>? files = null)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        foreach (var (name, content) in files ?? [])
        {
            form.Add(new ByteArrayContent(content), name, name + ".pdf");
        }

        return await ReadAsync(await http.PostAsync(path, form));
    }

    public Task<byte[]> BytesAsync(string path) => http.GetByteArrayAsync(path);

    public Task<Visit> SignInAsync(string password = PortalSites.DemoPassword) =>
        PostAsync("/portails/atlas/connexion", new() { ["identifiant"] = PortalSites.DemoUser, ["motDePasse"] = password });

    /// <summary>Fills the four Atlas pages up to the recap and returns its address.</summary>
    public async Task<string> FillAtlasAsync(string reference)
    {
        await SignInAsync();
        var path = (await PostAsync("/portails/atlas/demandes/nouvelle", [])).Path;
        path = (await PostAsync(path, Company)).Path;
        path = (await PostAsync(path, Employee(0, "Martin"))).Path;
        path = (await PostAsync(path, Action)).Path;
        path = (await PostAsync(path, new() { ["votreReference"] = reference }, Files("devis", "programme", "convention", "mandat", "liste", "qualiopi"))).Path;
        Assert.EndsWith("/recapitulatif", path, StringComparison.Ordinal);
        return path;
    }

    public Task<Visit> TransmitAsync(string recap) => PostAsync(recap, new() { ["certification"] = "oui" });

    public void Dispose() => http.Dispose();

    private static async Task<Visit> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            return new Visit(answer.StatusCode, answer.RequestMessage!.RequestUri!.AbsolutePath, await answer.Content.ReadAsStringAsync());
        }
    }

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();
}
