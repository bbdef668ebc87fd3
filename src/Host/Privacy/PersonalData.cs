using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Privacy;

namespace MonOPCO.Host.Privacy;

/// <summary>How much is known of a person.</summary>
public sealed record PersonSummary(string? Account, int Dossiers, int Documents, int Signatures, int Consents);

/// <summary>Everything that is known of one person, found by her verified address: for access and portability (GDPR, articles 15 and 20).</summary>
public sealed class PersonalData(MonOpcoDbContext db, DocumentStore documents)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public async Task<PersonSummary> SummaryAsync(string key, CancellationToken cancellationToken) => new(
        await db.Users.Where(x => x.NormalizedEmail == key.ToUpperInvariant()).Select(x => x.DisplayName).FirstOrDefaultAsync(cancellationToken),
        await db.Beneficiaires.CountAsync(x => x.EmailKey == key, cancellationToken),
        await db.Documents.CountAsync(x => x.PersonKey == key && x.DestroyedAt == null, cancellationToken),
        await db.Signers.CountAsync(x => x.EmailKey == key, cancellationToken),
        await db.Consents.CountAsync(x => x.PersonKey == key, cancellationToken));

    /// <summary>Writes the ZIP as it is read: JSON and documents, one piece in memory at a time, nothing left behind on a disk.</summary>
    /// <param name="key">The person's address, lower case.</param>
    /// <param name="withConfidential">Content of a bilan: only into the hands of the person herself.</param>
    /// <param name="target">Where to.</param>
    /// <param name="cancellationToken">The visitor went away.</param>
    public async Task WriteZipAsync(string key, bool withConfidential, Stream target, CancellationToken cancellationToken)
    {
        await using var zip = await ZipArchive.CreateAsync(target, ZipArchiveMode.Create, true, null, cancellationToken);
        var owned = await db.Documents.AsNoTracking().Where(x => x.PersonKey == key && x.DestroyedAt == null && (withConfidential || !x.Confidential)).OrderBy(x => x.CreatedAt).ToListAsync(cancellationToken);
        var signed = await SignedAsync(key, cancellationToken);
        var all = owned.Concat(signed).DistinctBy(x => x.Id).ToList();
        await AddAsync("donnees.json", JsonSerializer.SerializeToUtf8Bytes(await CollectAsync(key, all, cancellationToken), Json));
        await AddAsync("LISEZ-MOI.txt", System.Text.Encoding.UTF8.GetBytes("Vos données dans MonOPCO.\n\ndonnees.json : tout ce que MonOPCO sait de vous, lisible par une machine.\ndocuments/ : vos documents, et ceux que vous avez signés.\n\nPour rectifier, effacer ou vous opposer : « Mes données » dans votre espace.\n"));
        foreach (var document in all)
        {
            var entry = zip.CreateEntry($"documents/{document.CreatedAt:yyyy-MM-dd}-{document.Id.ToString()[^8..]}-{document.Name}", CompressionLevel.Fastest);
            await using var output = await entry.OpenAsync(cancellationToken);
            await using var input = await documents.OpenAsync(document.Id, cancellationToken);
            await input.CopyToAsync(output, cancellationToken);
        }

        async Task AddAsync(string name, byte[] content)
        {
            await using var output = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
            await output.WriteAsync(content, cancellationToken);
        }
    }

    private async Task<List<Document>> SignedAsync(string key, CancellationToken cancellationToken)
    {
        var mine = db.SignatureRequests.Where(x => x.Signers.Any(s => s.EmailKey == key && s.SignedAt != null)).Select(x => x.CurrentDocumentId);
        return await db.Documents.AsNoTracking().Where(x => mine.Contains(x.Id) && x.DestroyedAt == null && !x.Confidential).OrderBy(x => x.CreatedAt).ToListAsync(cancellationToken);
    }

    private async Task<JsonObject> CollectAsync(string key, IReadOnlyList<Document> files, CancellationToken cancellationToken)
    {
        var upper = key.ToUpperInvariant();
        var accounts = await db.Users.AsNoTracking().Where(x => x.NormalizedEmail == upper)
            .Select(x => new { nom = x.DisplayName, adresse = x.Email, telephone = x.PhoneNumber, derniereConnexion = x.LastSignInAt, roles = db.UserRoles.Where(r => r.UserId == x.Id).Join(db.Roles, r => r.RoleId, r => r.Id, (r, role) => role.Name).ToList() }).ToListAsync(cancellationToken);
        var people = await db.Beneficiaires.AsNoTracking().Where(x => x.EmailKey == key).Join(db.Dossiers, x => x.DossierId, d => d.Id, (x, d) => new
        {
            dossier = d.Numero,
            intitule = d.Title,
            etat = d.State.ToString(),
            debut = d.StartDate,
            fin = d.EndDate,
            heures = d.Hours,
            entreprise = d.Company!.Name,
            nom = x.LastName,
            prenom = x.FirstName,
            naissance = x.BirthDate,
            adresse = x.Email,
            telephone = x.Phone,
            emploi = x.Job,
            categorie = x.Category.ToString(),
            contrat = x.Contract.ToString(),
            embauche = x.HiredOn,
        }).ToListAsync(cancellationToken);
        var signatures = await db.Signers.AsNoTracking().Where(x => x.EmailKey == key).Select(x => new { document = x.Request!.Title, nom = x.Name, qualite = x.Quality, etat = x.Status.ToString(), invite = x.InvitedAt, lu = x.ViewedAt, signe = x.SignedAt, refuse = x.DeclinedAt, texteDuConsentement = x.ConsentVersion }).ToListAsync(cancellationToken);
        var consents = await db.Consents.AsNoTracking().Where(x => x.PersonKey == key).Select(x => new { objet = x.Purpose, texte = x.Wording, version = x.WordingVersion, donne = x.GivenAt, comment = x.Method, retire = x.WithdrawnAt }).ToListAsync(cancellationToken);
        var requests = await db.PersonRequests.AsNoTracking().Where(x => x.PersonKey == key).Select(x => new { droit = x.Kind.ToString(), texte = x.Text, recue = x.ReceivedAt, due = x.DueOn, etat = x.Status.ToString(), reponse = x.Answer, repondue = x.AnsweredAt }).ToListAsync(cancellationToken);
        var pattern = ErasureService.Escape(key);
        var mails = await db.SentMails.AsNoTracking().Where(x => EF.Functions.ILike(x.Recipient, pattern, "\\")).OrderBy(x => x.CreatedAt).Select(x => new { objet = x.Subject, envoye = x.SentAt }).ToListAsync(cancellationToken);
        return new JsonObject
        {
            ["adresse"] = key,
            ["comptes"] = Node(accounts),
            ["beneficiaire"] = Node(people),
            ["signatures"] = Node(signatures),
            ["consentements"] = Node(consents),
            ["demandes"] = Node(requests),
            ["courrielsRecus"] = Node(mails),
            ["documents"] = Node(files.Select(x => new { nom = x.Name, type = x.TypeCode, ajoute = x.CreatedAt, taille = x.Size, sha256 = x.Sha256 })),
        };

        static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, Json);
    }
}

/// <summary>The download itself, streamed while it is made.</summary>
internal sealed class PersonalDataFile(PersonalData data, string key, bool withConfidential, string name) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.ContentType = "application/zip";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        response.Headers.CacheControl = "no-store";
        await data.WriteZipAsync(key, withConfidential, response.Body, context.HttpContext.RequestAborted);
    }
}
