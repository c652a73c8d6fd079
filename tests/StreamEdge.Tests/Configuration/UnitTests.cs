using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

/// <summary>Factors are compared with the printed tables of NIST SP 811 (2008), appendix B.8, and of the SI brochure, 9th edition.</summary>
public class UnitTests
{
    [Theory]
    [InlineData("212 degF", "degC", 100)]
    [InlineData("-40 degF", "degC", -40)]
    [InlineData("32 degF", "K", 273.15)]
    [InlineData("100 degC", "degF", 212)]
    [InlineData("491.67 degR", "degC", 0)]
    [InlineData("1 bar", "Pa", 1e5)]
    [InlineData("1 psi", "Pa", 6.894757e3)]
    [InlineData("1 atm", "Pa", 101325)]
    [InlineData("1 at", "Pa", 98066.5)]
    [InlineData("760 Torr", "atm", 1)]
    [InlineData("1 mmHg", "Pa", 133.3224)]
    [InlineData("1 inHg", "Pa", 3.386389e3)]
    [InlineData("1 inH2O", "Pa", 249.0889)]
    [InlineData("1 ftH2O", "Pa", 2989.067)]
    [InlineData("1 in", "mm", 25.4)]
    [InlineData("1 ft", "m", 0.3048)]
    [InlineData("1 mi", "km", 1.609344)]
    [InlineData("1 nmi", "m", 1852)]
    [InlineData("1 ft2", "m2", 0.09290304)]
    [InlineData("1 ha", "m2", 1e4)]
    [InlineData("1 ft3", "m3", 0.02831685)]
    [InlineData("1 gal", "l", 3.785412)]
    [InlineData("1 gal_uk", "l", 4.54609)]
    [InlineData("1 bbl", "m3", 0.1589873)]
    [InlineData("1 lb", "kg", 0.45359237)]
    [InlineData("1 oz", "gram", 28.34952)]
    [InlineData("1 ton_us", "kg", 907.1847)]
    [InlineData("1 lb/ft3", "kg/m3", 16.01846)]
    [InlineData("1 lbf", "N", 4.448222)]
    [InlineData("1 kgf", "N", 9.80665)]
    [InlineData("1 lbf.ft", "Nm", 1.355818)]
    [InlineData("1 lbf.in", "Nm", 0.1129848)]
    [InlineData("1 mph", "m/s", 0.44704)]
    [InlineData("36 km/h", "m/s", 10)]
    [InlineData("1 kn", "m/s", 0.5144444)]
    [InlineData("1 ft/min", "m/s", 5.08e-3)]
    [InlineData("1 g", "m/s2", 9.80665)]
    [InlineData("1 Gal", "m/s2", 0.01)]
    [InlineData("1 m/s2", "mm/s2", 1000)]
    [InlineData("1 gpm", "m3/s", 6.309020e-5)]
    [InlineData("1 cfm", "m3/s", 4.719474e-4)]
    [InlineData("3.6 m3/h", "l/s", 1)]
    [InlineData("3.6 t/h", "kg/s", 1)]
    [InlineData("60 g/min", "g/s", 1)]
    [InlineData("1 kWh", "MJ", 3.6)]
    [InlineData("1 BTU", "J", 1055.056)]
    [InlineData("1 kcal", "kJ", 4.184)]
    [InlineData("1 hp", "W", 745.6999)]
    [InlineData("1 PS", "W", 735.4988)]
    [InlineData("1 BTU/h", "W", 0.2930711)]
    [InlineData("24 kWh/d", "kW", 1)]
    [InlineData("60 rpm", "Hz", 1)]
    [InlineData("360 deg/s", "Hz", 1)]
    [InlineData("1 rpm", "rad/s", 0.1047198)]
    [InlineData("180 deg", "rad", 3.141592653589793)]
    [InlineData("60 1/min", "1/s", 1)]
    [InlineData("50 %", "1", 0.5)]
    [InlineData("1 %", "ppm", 10000)]
    [InlineData("1 Ah", "coulomb", 3600)]
    [InlineData("10 mS/cm", "S/m", 1)]
    [InlineData("1 fc", "lx", 10.76391)]
    [InlineData("1 cP", "Pa.s", 1e-3)]
    [InlineData("1 cSt", "m2/s", 1e-6)]
    [InlineData("1 mg/m3", "ug/m3", 1000)]
    [InlineData("1 g/l", "kg/m3", 1)]
    [InlineData("1 h", "s", 3600)]
    [InlineData("1 KiB", "B", 1024)]
    public void Converts_as_the_tables_say(string from, string to, double expected)
    {
        Assert.True(Quantity.TryParse(from, out var quantity, out var wrong), wrong.ToString());

        Assert.True(quantity.TryIn(Of(to), out var value));
        // The tables print seven digits, rounded; a zero is met to the last digit of what was subtracted.
        Assert.True(Math.Abs(value - expected) <= Math.Max(Math.Abs(expected) * 5e-7, 1e-12), $"{value} is not {expected}");
    }

    [Theory]
    [InlineData("degC", "degF", 1.8, 32)]
    [InlineData("degC", "K", 1, 273.15)]
    [InlineData("K", "degC", 1, -273.15)]
    [InlineData("degC/s", "degF/min", 108, 0)]
    [InlineData("degC/s", "K/s", 1, 0)]
    [InlineData("mm", "m", 0.001, 0)]
    [InlineData("m3/h", "l/min", 1000.0 / 60, 0)]
    [InlineData("psi", "bar", 0.0689475729316836133672, 0)]
    public void Factors_are_the_nearest_doubles(string from, string to, double scale, double offset) =>
        Assert.Equal((scale, offset), Unit.Conversion(Of(from), Of(to)));

    [Fact]
    public void Every_unit_converts_there_and_back_within_a_few_bits()
    {
        var pairs = from a in Units.All from b in Units.All where Unit.CanConvert(a, b) select (a, b);

        Prop.ForAll(Gen.Elements(pairs.ToArray()).Zip(Gen.Choose(-1_000_000, 1_000_000)).ToArbitrary(), pair =>
        {
            var ((a, b), number) = pair;
            var (there, back) = (Unit.Conversion(a, b), Unit.Conversion(b, a));
            var value = number / 1000.0;
            var again = (value * there.Scale + there.Offset) * back.Scale + back.Offset;
            // An offset costs the digits that it pushes out: those of the largest number on the way.
            var largest = Math.Max(Math.Abs(value), Math.Max(Math.Abs(back.Offset), Math.Abs(there.Offset * back.Scale)));
            Assert.True(Math.Abs(again - value) <= largest * 1e-14, $"{value} {a} came back from {b} as {again}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithReplay(20260101, 7));
    }

    [Theory]
    [InlineData("°C", "degC")]
    [InlineData("℃", "degC")]
    [InlineData("celsius", "degC")]
    [InlineData("deg C", "degC")]
    [InlineData("m³/h", "m3/h")]
    [InlineData("m^3/hr", "m3/h")]
    [InlineData("µm", "um")]
    [InlineData("kΩ", "kOhm")]
    [InlineData("N·m", "Nm")]
    [InlineData("L/min", "l/min")]
    [InlineData("m/s²", "m/s2")]
    [InlineData("°C/sec", "degC/s")]
    [InlineData("1/s", "Hz")]
    [InlineData("kg/cm²", "at")]
    [InlineData("U/min", "rpm")]
    [InlineData("rev/min", "rev/min")]
    [InlineData("bar/s", "bar/s")]
    public void Understands_what_data_sheets_write(string text, string symbol) => Assert.Equal(symbol, Of(text).Symbol);

    [Theory]
    [InlineData("m/s", "speed")]
    [InlineData("km/h", "speed")]
    [InlineData("m3/h", "volume flow")]
    [InlineData("kg/h", "mass flow")]
    [InlineData("kWh/h", "power")]
    [InlineData("mm/s/s", "acceleration")]
    [InlineData("rev/min", "frequency")]
    [InlineData("degC/s", "temperature per time")]
    [InlineData("%/min", "ratio per time")]
    [InlineData("1/h", "frequency")]
    public void A_rate_belongs_to_the_family_of_that_name(string text, string dimension) => Assert.Equal(dimension, Of(text).Dimension);

    [Theory]
    [InlineData("Nm", "J")]
    [InlineData("degC", "degC/s")]
    [InlineData("bar", "degC")]
    [InlineData("m3", "Nm3")]
    [InlineData("kW", "kVA")]
    [InlineData("%", "%RH")]
    [InlineData("g", "kg")]
    public void What_is_not_the_same_does_not_convert(string from, string to)
    {
        Assert.False(Unit.CanConvert(Of(from), Of(to)));
        Assert.Throws<ArgumentException>(() => Unit.Conversion(Of(from), Of(to)));
    }

    [Theory]
    [InlineData("mw", "'mw' is no unit; did you mean 'mW' or 'MW'?")]
    [InlineData("DEGC", "'DEGC' is no unit; did you mean 'degC'?")]
    [InlineData("BAR/s", "'BAR/s' is no unit; did you mean 'bar/s'?")]
    [InlineData("barg", "'barg' is no unit; did you mean 'bar'?")]
    [InlineData("farenheit", "'farenheit' is no unit; did you mean 'fahrenheit'?")]
    [InlineData("C", "'C' is coulomb, a charge; for a temperature write degC, for a charge coulomb")]
    [InlineData("F", "'F' is farad, a capacitance; for a temperature write degF, for a capacitance farad")]
    [InlineData("C/min", "'C/min' is coulomb, a charge; for a temperature write degC/min, for a charge coulomb/min")]
    [InlineData("c", "'c' is no unit; did you mean 'degC'?")]
    [InlineData("C°", "'C°' is no unit; did you mean 'degC'?")]
    [InlineData("l/min.", "'l/min.' is no unit; write it like degC, bar or m3/h")]
    [InlineData("kg/cm3", "'kg/cm3' is no unit; write it like degC, bar or m3/h")]
    [InlineData("xyzzy", "'xyzzy' is no unit; write it like degC, bar or m3/h")]
    [InlineData("/s", "'/s' is no unit; write it like degC, bar or m3/h")]
    [InlineData("", "'' is no unit; write it like degC, bar or m3/h")]
    public void Refuses_an_unknown_unit_and_names_the_nearest(string text, string wrong)
    {
        Assert.False(Unit.TryParse(text, out _, out var said));
        Assert.Equal(wrong, said.ToString());
    }

    [Fact]
    public void Every_spelling_reads_back_as_its_unit() => Assert.All(Units.Names, name => Assert.Equal(name.Value, Of(name.Key)));

    static Unit Of(string text) => Unit.TryParse(text, out var unit, out var wrong) ? unit : throw new Xunit.Sdk.XunitException(wrong.ToString());
}
