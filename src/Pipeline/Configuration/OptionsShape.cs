using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace StreamEdge;

/// <summary>The options a record offers, found by reflection once per type; own options come before inherited ones.</summary>
public sealed class OptionsShape
{
    static readonly ConcurrentDictionary<Type, OptionsShape> s_shapes = new();

    readonly Dictionary<string, Option> _byKey;
    readonly Dictionary<string, Option> _byProperty;

    OptionsShape(Type type)
    {
        var nullability = new NullabilityInfoContext();
        Options = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.DeclaringType == type ? 0 : 1)
            .Select(property => new Option(
                KeyOf(property), property,
                property.IsDefined(typeof(RequiredMemberAttribute)),
                nullability.Create(property).WriteState == NullabilityState.Nullable,
                property.GetCustomAttribute<BetweenAttribute>()))];
        RestOption = Options.SingleOrDefault(option => option.Property.IsDefined(typeof(RestAttribute)));
        _byKey = Options.Where(option => option != RestOption).ToDictionary(option => option.Key, StringComparer.Ordinal);
        _byProperty = Options.ToDictionary(option => option.Property.Name, StringComparer.Ordinal);
        ShortOption = Options.SingleOrDefault(option => option.Property.IsDefined(typeof(ShortAttribute)));
    }

    /// <summary>The options in the order they are declared.</summary>
    public IReadOnlyList<Option> Options { get; }

    /// <summary>The option that may stand for the whole map, if there is one.</summary>
    public Option? ShortOption { get; }

    /// <summary>The option that takes every other key of the map, if there is one.</summary>
    public Option? RestOption { get; }

    /// <summary>The shape of an options record.</summary>
    public static OptionsShape Of(Type type) => s_shapes.GetOrAdd(type, static type => new(type));

    /// <summary>A C# name as it is written in the file: OutOfRange is out_of_range.</summary>
    public static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    /// <summary>The option with a key, or null.</summary>
    public Option? ByKey(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>The option of a property, or null.</summary>
    public Option? ByProperty(string property) => _byProperty.GetValueOrDefault(property);

    static string KeyOf(PropertyInfo property) => property.GetCustomAttribute<KeyAttribute>()?.Key ?? Snake(property.Name);

    /// <summary>One option.</summary>
    /// <param name="Key">Its key in the file.</param>
    /// <param name="Property">Its property.</param>
    /// <param name="Required">Whether it must be written.</param>
    /// <param name="Nullable">Whether it may be left without a value.</param>
    /// <param name="Between">Its limits, if any.</param>
    public sealed record Option(string Key, PropertyInfo Property, bool Required, bool Nullable, BetweenAttribute? Between)
    {
        /// <summary>The type of its value.</summary>
        public Type Type => Property.PropertyType;

        /// <summary>How its value is written.</summary>
        public string Example => Property.GetCustomAttribute<ExampleAttribute>()?.Example ?? OptionsBinder.ExampleOf(Type);
    }
}
