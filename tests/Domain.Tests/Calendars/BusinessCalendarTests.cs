using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Calendars;

namespace MonOPCO.Domain.Tests.Calendars;

/// <summary>Working hours of the seeded calendar and of awkward ones, over the days on which the clocks change.</summary>
public sealed class BusinessCalendarTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    // Open through the night of the clocks as well: the hardest case for counting.
    private static readonly BusinessCalendar Always = new(
        Enum.GetValues<DayOfWeek>().SelectMany(day => new[] { new OpeningSpan(day, new TimeOnly(0, 0), new TimeOnly(3, 30), DateOnly.MinValue), new OpeningSpan(day, new TimeOnly(8, 15), new TimeOnly(23, 59), DateOnly.MinValue) }), _ => null);

    [Theory]
    [InlineData(2024, "2024-03-31")]
    [InlineData(2025, "2025-04-20")]
    [InlineData(2026, "2026-04-05")]
    [InlineData(2027, "2027-03-28")]
    [InlineData(2038, "2038-04-25")]
    [InlineData(2285, "2285-03-22")]
    public void Easter_KnownYears(int year, string date) => Assert.Equal(Day(date), Holiday.Easter(year));

    [Theory]
    [InlineData("2026-01-01", "Jour de l’An")]
    [InlineData("2026-04-03", "Vendredi saint")]
    [InlineData("2026-04-06", "Lundi de Pâques")]
    [InlineData("2026-05-08", "Victoire 1945")]
    [InlineData("2026-05-14", "Ascension")]
    [InlineData("2026-05-25", "Lundi de Pentecôte")]
    [InlineData("2026-11-11", "Armistice 1918")]
    [InlineData("2026-12-25", "Noël")]
    [InlineData("2025-12-26", "Saint-Étienne")]
    [InlineData("2026-11-28", "Fermé")]
    [InlineData("2026-11-30", null)]
    public async Task House_Holidays_OfAlsaceToo(string date, string? why) => Assert.Equal(why, (await HouseAsync()).ClosedBecause(Day(date)));

    [Fact]
    public async Task OwnCalendar_OfAnotherRegion_WorksOnGoodFridayAndKeepsTheHours()
    {
        var body = await fixture.TrainingBodyAsync();
        var set = await fixture.InDbAsync(async db =>
        {
            db.Add(new WorkCalendar { Code = "ailleurs", Name = "Site de Nancy", TrainingBodyId = body.Id });
            db.Add(new Closure { CalendarCode = "ailleurs", From = Day("2026-08-03"), To = Day("2026-08-14"), Label = "Congés d’été" });
            await db.SaveChangesAsync();
            var set = await new CalendarBook(db, new CalendarCache()).SetAsync(CancellationToken.None);
            await db.Set<WorkCalendar>().Where(x => x.Code == "ailleurs").ExecuteDeleteAsync();
            return set;
        });
        Assert.Null(set.For(body.Id).ClosedBecause(Day("2026-04-03")));
        Assert.Equal("Lundi de Pâques", set.For(body.Id).ClosedBecause(Day("2026-04-06")));
        Assert.Equal("Congés d’été", set.For(body.Id).ClosedBecause(Day("2026-08-05")));
        Assert.Null(set.For(null).ClosedBecause(Day("2026-08-05")));
        Assert.Equal(TimeSpan.FromHours(7), set.For(body.Id).Day);
    }

    [Theory]
    [Trait("Requirement", "S000-0.1")]
    [InlineData("2026-11-27 16:00", 7, "2026-11-30 16:00")] // Friday to Monday
    [InlineData("2026-11-27 16:00", 1, "2026-11-27 17:00")] // ends at closing time, not on Monday
    [InlineData("2026-11-28 11:00", 2, "2026-11-30 11:00")] // asked on a Saturday
    [InlineData("2026-12-24 16:00", 2, "2026-12-28 10:00")] // over Christmas and Saint-Étienne
    [InlineData("2026-04-02 16:30", 1, "2026-04-07 09:30")] // Thursday before Good Friday to Tuesday after Easter
    [InlineData("2026-03-27 16:00", 2, "2026-03-30 10:00")] // the clocks jump in between
    public async Task Add_House(string from, int hours, string expected) => Assert.Equal(At(expected), (await HouseAsync()).Add(At(from), TimeSpan.FromHours(hours)));

    /// <summary>For many random moments around the changes of the clocks: adding and taking away are inverse, what lies between is what was added, nothing runs backwards.</summary>
    [Fact]
    public async Task AddSubtractBetween_AgreeAcrossTheClocks()
    {
        var random = new Random(20261128);
        foreach (var calendar in new[] { await HouseAsync(), Always })
        {
            foreach (var center in new[] { "2026-03-29 02:00", "2026-10-25 02:30", "2027-03-28 12:00", "2026-12-26 00:00" })
            {
                for (var i = 0; i < 200; i++)
                {
                    var from = At(center).AddMinutes(random.Next(-6000, 6000));
                    var work = TimeSpan.FromMinutes(random.Next(1, 4000));
                    var to = calendar.Add(from, work);
                    Assert.Equal(work, calendar.Between(from, to));
                    Assert.Equal(-work, calendar.Between(to, from));
                    Assert.Equal(work, calendar.Between(calendar.Subtract(from, work), from));
                    Assert.True(to >= from + work);
                    Assert.True(calendar.Add(from.AddMinutes(1), work) >= to);
                    Assert.Equal(to, calendar.Add(calendar.Add(from, work / 2), work - (work / 2)));
                    var middle = from + ((to - from) / 2);
                    Assert.Equal(work, calendar.Between(from, middle) + calendar.Between(middle, to));
                }
            }
        }
    }

    [Fact]
    public void Between_NightOfTheClocks_CountsRealTime()
    {
        // 29 March 2026: 00:00–03:30 lasts two and a half hours; 25 October: four and a half.
        Assert.Equal(TimeSpan.FromHours(2.5), Always.Between(At("2026-03-29 00:00"), At("2026-03-29 08:00")));
        Assert.Equal(TimeSpan.FromHours(4.5), Always.Between(At("2026-10-25 00:00"), At("2026-10-25 08:00")));
    }

    [Theory]
    [InlineData("2026-11-30 16:30", "2026-11-30 09:00", "Reste 6 h ouvrées", Pressure.Calm)]
    [InlineData("2026-11-30 12:00", "2026-11-30 09:00", "Reste 3 h ouvrées", Pressure.Soon)]
    [InlineData("2026-11-30 09:20", "2026-11-29 09:00", "Reste 20 min ouvrées", Pressure.Soon)]
    [InlineData("2026-12-02 17:00", "2026-11-30 09:00", "Reste 3 jours ouvrés", Pressure.Calm)]
    [InlineData("2026-12-01 09:00", "2026-11-30 09:00", "Reste 1 jour ouvré", Pressure.Calm)]
    [InlineData("2026-11-25 17:00", "2026-11-27 17:00", "En retard de 2 jours ouvrés", Pressure.Late)]
    [InlineData("2026-11-27 16:00", "2026-11-28 10:00", "En retard de 1 h ouvrée", Pressure.Late)]
    [InlineData("2026-11-27 17:00", "2026-11-28 10:00", "Échéance passée", Pressure.Late)]
    [InlineData("2026-11-30 09:00", "2026-11-29 10:00", "À traiter dès l’ouverture", Pressure.Soon)]
    public async Task Words(string due, string now, string words, Pressure pressure)
    {
        var time = BusinessTime.Of(At(due), At(now), await HouseAsync());
        Assert.Equal((words, pressure), (time.Words.Replace('\u00A0', ' '), time.Pressure));
    }

    private Task<BusinessCalendar> HouseAsync() => fixture.InScopeAsync<CalendarBook, BusinessCalendar>(x => x.ForAsync(null, CancellationToken.None));

    private static DateOnly Day(string date) => DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture);

    private static DateTimeOffset At(string text) => Fr.AtInParis(Day(text[..10]), TimeOnly.Parse(text[11..], System.Globalization.CultureInfo.InvariantCulture));
}
