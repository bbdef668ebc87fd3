using System.Text.Json;

namespace MonOPCO.Demonstration.Web;

/// <summary>A message of the Sandbox's mailbox.</summary>
public sealed record Mail(int Id, string Subject, string? Text, IReadOnlyList<string> Links)
{
    /// <summary>Address (path) of the first link that leads there.</summary>
    public string LinkTo(string path) => Links.Select(x => new Uri(x)).FirstOrDefault(x => x.AbsolutePath.StartsWith(path, StringComparison.Ordinal))?.PathAndQuery
        ?? throw new DemonstrationException($"Le courriel « {Subject} » ne contient pas le lien attendu.");
}

/// <summary>The mail of everybody, as the Sandbox keeps it.</summary>
public sealed class Mailbox(Visitor reader)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>What somebody received with these words in the subject, newest first.</summary>
    public async Task<IReadOnlyList<Mail>> OfAsync(string address, string subject) =>
        JsonSerializer.Deserialize<List<Mail>>(await reader.TextAsync($"/boite/api/messages?to={Uri.EscapeDataString(address)}&subject={Uri.EscapeDataString(subject)}"), Json)!;

    /// <summary>Waits for one that came after <paramref name="after"/> and says <paramref name="words"/>.</summary>
    public Task<Mail> WaitAsync(string address, string subject, int after = 0, string words = "") => reader.UntilAsync(
        $"le courriel « {subject} » pour {address}",
        async () => (await OfAsync(address, subject)).FirstOrDefault(x => x.Id > after && (words.Length == 0 || x.Subject.Contains(words, StringComparison.Ordinal) || x.Text?.Contains(words, StringComparison.Ordinal) == true)));

    public async Task<int> LatestAsync(string address) => (await OfAsync(address, "")).Select(x => x.Id).DefaultIfEmpty().Max();
}
