using FsCheck.Fluent;

namespace StreamEdge;

/// <summary><c>hour</c>, <c>minute</c> and <c>weekday</c> by the clocks of a place.</summary>
public class LocalTimeTests
{
    static readonly Schema s_rows = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [new("x", Kind.Number)], hasWindow: false);

    [Theory]
    // In the spring the hour from 2 to 3 is left out, in the autumn it comes twice.
    [InlineData("2026-03-29T00:59:59.999999999Z", 1, 59, 7)]
    [InlineData("2026-03-29T01:00:00Z", 3, 0, 7)]
    [InlineData("2026-10-25T00:00:00Z", 2, 0, 7)]
    [InlineData("2026-10-25T00:59:59.999999999Z", 2, 59, 7)]
    [InlineData("2026-10-25T01:00:00Z", 2, 0, 7)]
    [InlineData("2026-10-25T02:00:00Z", 3, 0, 7)]
    [InlineData("2026-06-30T22:30:00Z", 0, 30, 3)] // already Wednesday there
    [InlineData("2026-12-31T22:59:00Z", 23, 59, 4)]
    [InlineData("1969-12-31T23:30:00Z", 0, 30, 4)]
    [InlineData("2262-04-11T23:47:16Z", 1, 47, 6)]
    public void Follows_the_clocks_of_Berlin(string time, int hour, int minute, int weekday) =>
        Assert.Equal((hour, minute, weekday), (At("hour(\"Europe/Berlin\")", time), At("minute(\"Europe/Berlin\")", time), At("weekday(\"Europe/Berlin\")", time)));

    [Theory]
    [InlineData("hour()", 1)]
    [InlineData("hour(\"UTC\")", 1)]
    [InlineData("hour(\"Asia/Kolkata\")", 6)] // half an hour beside the others
    [InlineData("minute(\"Asia/Kolkata\")", 45)]
    [InlineData("weekday()", 7)]
    [InlineData("weekday(\"America/Los_Angeles\")", 6)]
    [InlineData("hour(\"Etc/GMT+5\")", 20)] // that is west of Greenwich
    public void Is_in_UTC_but_where_a_zone_is_written(string expression, int expected) => Assert.Equal(expected, At(expression, "2026-03-29T01:15:00Z"));

    [Fact]
    public void Is_what_the_system_says_of_any_zone_at_any_time_in_any_order() => Some.Check(
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var zones = TimeZoneInfo.GetSystemTimeZones();
            var zone = zones[random.Next(zones.Count)];
            var hours = Enumerable.Range(0, 200).Select(_ => random.Next(3) == 0 ? random.NextInt64(-2_500_000, 2_500_000) : random.NextInt64(490_000, 510_000)).ToArray();

            var computed = Values($"hour(\"{zone.Id}\")", [.. hours.Select(h => h * 3600 * Nanoseconds.Second)]);

            Assert.Equal(hours.Select(h => (double)TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddHours(h), zone).Hour), computed);
        }));

    [Fact]
    public void Every_minute_around_every_change_of_a_century_is_right()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var changes = Enumerable.Range(0, 36_524 * 24).Select(h => DateTimeOffset.UnixEpoch.AddDays(-10_000).AddHours(h)).Where(t => zone.GetUtcOffset(t) != zone.GetUtcOffset(t.AddHours(1))).ToList();
        var times = changes.SelectMany(t => Enumerable.Range(-60, 180).Select(m => t.AddMinutes(m))).ToList();

        var computed = Values("minute(\"America/New_York\") + 60 * hour(\"America/New_York\")", [.. times.Select(Nanoseconds.Of)]);

        Assert.InRange(changes.Count, 150, 250);
        Assert.Equal(times.Select(t => TimeZoneInfo.ConvertTime(t, zone).TimeOfDay.TotalMinutes), computed);
    }

    [Fact]
    public void A_zone_is_asked_once_per_stretch_of_time_and_not_per_row()
    {
        var (bound, batch, values) = (Bind("hour(\"Europe/Berlin\")"), Batch([.. Enumerable.Range(0, 400).Select(h => h * 86_400L * Nanoseconds.Second)]), new double[400]);
        bound.Compute(batch, values);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++) bound.Compute(batch, values);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    static double At(string expression, string time) => Assert.Single(Values(expression, [Instant.TryParse(time, out var instant, out var wrong) ? instant.UnixNanoseconds : throw new ArgumentException(wrong.ToString())]));

    static double[] Values(string expression, long[] times)
    {
        var values = new double[times.Length];
        foreach (var (number, chunk) in times.Chunk(1000).Index()) Bind(expression).Compute(Batch(chunk), values.AsSpan(1000 * number, chunk.Length));
        return values;
    }

    static BoundExpression Bind(string text)
    {
        Assert.True(Expression.TryParse(text, out var expression, out var wrong), wrong.ToString());
        var wrongs = new List<Wrong>();
        var bound = expression.Bind(s_rows, wrongs);
        Assert.Empty(wrongs);
        return bound!;
    }

    static Batch Batch(long[] times)
    {
        var batch = new BatchPool().Rent(s_rows);
        var key = s_rows.Keys.Device("m");
        foreach (var time in times) batch.Append(time, key, 1);
        return batch;
    }
}
