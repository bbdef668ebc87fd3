using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Users;

/// <summary>A colleague, as lists and mentions name people.</summary>
public sealed record StaffMember(Guid Id, string Name, string Email, IReadOnlyList<string> Roles);

/// <summary>Who works in the house.</summary>
public sealed class StaffDirectory(MonOpcoDbContext db)
{
    /// <summary>Everybody with a role of the staff, by name.</summary>
    public async Task<IReadOnlyList<StaffMember>> AllAsync(CancellationToken cancellationToken)
    {
        var staff = Roles.Staff.ToArray();
        var rows = await (from user in db.Users.AsNoTracking()
                          join link in db.UserRoles on user.Id equals link.UserId
                          join role in db.Roles on link.RoleId equals role.Id
                          where staff.Contains(role.Name!)
                          select new { user.Id, user.DisplayName, user.Email, Role = role.Name! }).ToListAsync(cancellationToken);
        return [.. rows.GroupBy(x => x.Id).Select(x => new StaffMember(x.Key, x.First().DisplayName, x.First().Email ?? "", [.. x.Select(y => y.Role)])).OrderBy(x => x.Name, StringComparer.Create(new System.Globalization.CultureInfo("fr-FR"), true))];
    }

    /// <summary>Who may be given a task of this role; the super-administrator stands in for every role.</summary>
    public async Task<IReadOnlyList<StaffMember>> CandidatesAsync(string? role, CancellationToken cancellationToken) =>
        [.. (await AllAsync(cancellationToken)).Where(x => role is null || x.Roles.Contains(role) || x.Roles.Contains(Roles.SuperAdmin))];

    /// <summary>People whose name stands after an @ in a text.</summary>
    public static IReadOnlyList<StaffMember> Mentioned(string text, IReadOnlyList<StaffMember> people)
    {
        var bare = SearchText.Of(text);
        return text.Contains('@', StringComparison.Ordinal) ? [.. people.Where(x => bare.Contains("@" + SearchText.Of(x.Name), StringComparison.Ordinal))] : [];
    }
}
