using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Calendars;

/// <summary>A public holiday, as the law knows it: on a fixed day, or so many days from Easter Sunday; in all France or in one zone; since a date.</summary>
public sealed class Holiday
{
    public required string Code { get; init; }

    public required DateOnly ValidFrom { get; init; }

    public DateOnly? ValidTo { get; init; }

    public required string Label { get; init; }

    /// <summary><c>*</c>, or one of <see cref="HolidayZones"/>.</summary>
    public string Zone { get; init; } = "*";

    public int? Month { get; init; }

    public int? Day { get; init; }

    /// <summary>Days from Easter Sunday, for those that move with it.</summary>
    public int? EasterOffset { get; init; }

    public string Source { get; init; } = "";

    /// <summary>Its date in that year; null when it was not in force then.</summary>
    public DateOnly? In(int year)
    {
        var date = EasterOffset is { } offset ? Easter(year).AddDays(offset) : new DateOnly(year, Month!.Value, Day!.Value);
        return date < ValidFrom || date > ValidTo ? null : date;
    }

    /// <summary>Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher's algorithm).</summary>
    public static DateOnly Easter(int year)
    {
        var (a, b, c) = (year % 19, year / 100, year % 100);
        var (d, e) = (b / 4, b % 4);
        var g = ((8 * b) + 13) / 25;
        var h = ((19 * a) + b - d - g + 15) % 30;
        var (i, k) = (c / 4, c % 4);
        var l = (32 + (2 * e) + (2 * i) - h - k) % 7;
        var m = (a + (11 * h) + (19 * l)) / 433;
        var month = (h + l - (7 * m) + 90) / 25;
        var day = (h + l - (7 * m) + (33 * month) + 19) % 32;
        return new DateOnly(year, month, day);
    }
}

/// <summary>Where a holiday is one beside those of all France.</summary>
public static class HolidayZones
{
    /// <summary>Bas-Rhin, Haut-Rhin, Moselle: 26 December (ordonnance du 16 août 1892).</summary>
    public const string AlsaceMoselle = "alsace-moselle";

    /// <summary>Communes of the three départements with a Protestant or a shared church: Good Friday as well.</summary>
    public const string AlsaceMoselleTemple = "alsace-moselle-temple";
}

internal sealed class HolidayMapping : IEntityTypeConfiguration<Holiday>
{
    public void Configure(EntityTypeBuilder<Holiday> builder)
    {
        builder.ToTable("holidays");
        builder.HasKey(x => new { x.Code, x.ValidFrom });
    }
}
