namespace MonOPCO.Domain.Calendars;

/// <summary>Public holidays of article L3133-1 of the code du travail with the two of local law, and the hours of the house.</summary>
internal static class CalendarSeed
{
    private const string Law = "art. L3133-1 du code du travail";
    private const string LocalLaw = "art. L3134-13 du code du travail (droit local d’Alsace-Moselle)";
    private static readonly DateOnly Always = new(1947, 1, 1);
    private static readonly DateOnly Opening = new(2020, 1, 1);

    internal static IEnumerable<Holiday> Holidays =>
    [
        Fixed("jour-de-l-an", "Jour de l’An", 1, 1),
        Moving("lundi-de-paques", "Lundi de Pâques", 1),
        Fixed("fete-du-travail", "Fête du Travail", 5, 1),
        new() { Code = "victoire-1945", Label = "Victoire 1945", Month = 5, Day = 8, ValidFrom = new DateOnly(1982, 1, 1), Source = "Loi n° 81-893 du 2 octobre 1981" },
        Moving("ascension", "Ascension", 39),
        Moving("lundi-de-pentecote", "Lundi de Pentecôte", 50),
        Fixed("fete-nationale", "Fête nationale", 7, 14),
        Fixed("assomption", "Assomption", 8, 15),
        Fixed("toussaint", "Toussaint", 11, 1),
        Fixed("armistice-1918", "Armistice 1918", 11, 11),
        Fixed("noel", "Noël", 12, 25),
        new() { Code = "vendredi-saint", Label = "Vendredi saint", EasterOffset = -2, Zone = HolidayZones.AlsaceMoselleTemple, ValidFrom = Always, Source = LocalLaw },
        new() { Code = "saint-etienne", Label = "Saint-Étienne", Month = 12, Day = 26, Zone = HolidayZones.AlsaceMoselle, ValidFrom = Always, Source = LocalLaw },
    ];

    internal static WorkCalendar Common => new() { Code = WorkCalendar.Common, Name = "Horaires de la maison (Haguenau)", Zones = [HolidayZones.AlsaceMoselle, HolidayZones.AlsaceMoselleTemple] };

    internal static IEnumerable<OpeningHours> Hours =>
        from day in new[] { DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday }
        from span in new[] { (new TimeOnly(9, 0), new TimeOnly(12, 30)), (new TimeOnly(13, 30), new TimeOnly(17, 0)) }
        select new OpeningHours { CalendarCode = WorkCalendar.Common, Day = day, Opens = span.Item1, Closes = span.Item2, ValidFrom = Opening };

    private static Holiday Fixed(string code, string label, int month, int day) => new() { Code = code, Label = label, Month = month, Day = day, ValidFrom = Always, Source = Law };

    private static Holiday Moving(string code, string label, int fromEaster) => new() { Code = code, Label = label, EasterOffset = fromEaster, ValidFrom = Always, Source = Law };
}
