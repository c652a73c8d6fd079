using System.Collections.Concurrent;
using System.Reflection;

namespace StreamEdge;

/// <summary>How a type of value is read from one text and written back.</summary>
/// <param name="Noun">What it is, for messages: "a duration".</param>
/// <param name="Example">How it is written: "5s".</param>
/// <param name="Read">Reads a text.</param>
/// <param name="Write">Writes a value as it stands in a file.</param>
sealed record ScalarType(string Noun, string Example, ScalarType.Reader Read, Func<object, string> Write)
{
    public delegate bool Reader(string text, out object? value, out Wrong wrong);

    static readonly ConcurrentDictionary<Type, ScalarType?> s_types = new()
    {
        [typeof(string)] = Make("a text", "TEXT", (string text, out string value, out Wrong wrong) =>
        {
            (value, wrong) = (text, default);
            return true;
        }, text => text),
        [typeof(bool)] = Make<bool>("true or false", "true", YesNo, value => value ? "true" : "false"),
        [typeof(int)] = Make<int>("a whole number", "10", Number.TryParse, value => value.ToString()),
        [typeof(long)] = Make<long>("a whole number", "10", Number.TryParse, value => value.ToString()),
        [typeof(double)] = Make<double>("a number", "1.5", Number.TryParse, Number.Text),
        [typeof(TimeSpan)] = Make<TimeSpan>("a duration", "5s", Duration.TryParse, Duration.Text),
        [typeof(Uri)] = Make<Uri>("an address", "http://HOST:8086", Address, address => address.OriginalString),
    };

    delegate bool Reader<T>(string text, out T value, out Wrong wrong);

    /// <summary>The scalar type, or null where the type is none.</summary>
    public static ScalarType? Of(Type type) => s_types.GetOrAdd(type, static type =>
    {
        if (type.IsEnum) return Words(type);
        return type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IOptionValue<>))
            ? (ScalarType)typeof(ScalarType).GetMethod(nameof(Own), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, null)!
            : null;
    });

    static ScalarType Own<T>() where T : IOptionValue<T> =>
        Make(T.Noun, T.Example, (string text, out T value, out Wrong wrong) => T.TryParse(text, out value!, out wrong), value => value.ToString()!);

    static ScalarType Make<T>(string noun, string example, Reader<T> read, Func<T, string> write) => new(noun, example,
        (string text, out object? value, out Wrong wrong) =>
        {
            var done = read(text, out var typed, out wrong);
            value = done ? typed : null;
            return done;
        },
        value => write((T)value));

    static ScalarType Words(Type type)
    {
        var words = Enum.GetNames(type).ToDictionary(OptionsShape.Snake, name => Enum.Parse(type, name), StringComparer.Ordinal);
        var list = string.Join(", ", words.Keys);
        return new($"one of {list}", words.Keys.First(), (string text, out object? value, out Wrong wrong) =>
        {
            wrong = default;
            if (words.TryGetValue(text, out value)) return true;
            var remedy = Suggestion.Nearest(text, words.Keys) is { } meant ? $"did you mean '{meant}'?" : $"write one of {list}";
            wrong = new($"there is no {Visible.Quote(text)} here", remedy);
            return false;
        }, value => OptionsShape.Snake(value.ToString()!));
    }

    static bool YesNo(string text, out bool value, out Wrong wrong)
    {
        value = text is "true" or "True" or "TRUE";
        var done = value || text is "false" or "False" or "FALSE";
        wrong = done ? default : new($"{Visible.Quote(text)} is neither true nor false",
            text.ToLowerInvariant() switch { "yes" or "on" or "y" => "write true", "no" or "off" or "n" => "write false", _ => "write true or false" });
        return done;
    }

    static bool Address(string text, out Uri value, out Wrong wrong)
    {
        var done = Uri.TryCreate(text, UriKind.Absolute, out value!) && text.Contains("://", StringComparison.Ordinal);
        wrong = done ? default : new($"{Visible.Quote(text)} is no address", "write it like http://HOST:8086");
        return done;
    }
}
