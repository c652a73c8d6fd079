using System.Collections;

namespace StreamEdge;

/// <summary>Fills options records from a pipeline file; all faults at once, each with its place. Never throws on input.</summary>
public static class OptionsBinder
{
    /// <summary>Fills an options record from a map, or from the value of its <see cref="ShortAttribute">short</see> option.</summary>
    /// <param name="type">A record with a parameterless constructor, its defaults in initializers.</param>
    /// <param name="name">What the user calls it: "clamp".</param>
    /// <param name="node">What the file says; nothing (as in <c>duplicates:</c>) means all defaults.</param>
    /// <param name="faults">Takes the faults.</param>
    /// <param name="readElsewhere">Further keys that the caller reads itself, such as "from".</param>
    public static BoundOptions Bind(Type type, string name, Node node, Faults faults, IReadOnlyCollection<string>? readElsewhere = null)
    {
        var before = faults.Count;
        var binding = new Binding(faults);
        var value = binding.Record(type, name, node, readElsewhere ?? []);
        return new(value, node, node.At, faults.Count == before && !binding.SawRefused);
    }

    /// <summary>The work on one record and the records inside it.</summary>
    sealed class Binding(Faults faults)
    {
        /// <summary>Whether a value was skipped because the reader had refused it.</summary>
        public bool SawRefused { get; set; }

        public object Record(Type type, string name, Node node, IReadOnlyCollection<string> readElsewhere)
        {
            var shape = OptionsShape.Of(type);
            var record = Activator.CreateInstance(type)!;
            if (node.Refused) SawRefused = true;
            else if (node is MapNode map) Map(record, shape, name, map, readElsewhere);
            else if (node is ScalarNode { IsNull: true }) Missing(shape, name, node.At, _ => false);
            else if (shape.ShortOption is { } only)
            {
                Missing(shape, name, node.At, option => option == only);
                Set(record, only, name, node);
            }
            else faults.Add(node.At, $"{name}: {node.Kind} stands where options are expected", Known(shape, readElsewhere, "its options are"));
            return record;
        }

        void Map(object record, OptionsShape shape, string name, MapNode map, IReadOnlyCollection<string> readElsewhere)
        {
            var rest = new List<MapNode.Entry>();
            var meant = new HashSet<string>(StringComparer.Ordinal);
            var known = shape.Options.Select(option => option.Key).Concat(readElsewhere).ToList();
            foreach (var (key, value) in map.Entries)
            {
                if (shape.ByKey(key.Text) is { } option) Set(record, option, $"{name}.{key.Text}", value);
                else if (shape.RestOption is not null && !readElsewhere.Contains(key.Text)) rest.Add(new(key, value));
                else if (!readElsewhere.Contains(key.Text))
                {
                    faults.Add(key.At, $"{name} has no option {Visible.Quote(key.Text)}", Suggestion.Remedy(key.Text, known, "its options are"));
                    if (Suggestion.Nearest(key.Text, known) is { } near) meant.Add(near); // it is written, but for a letter
                }
            }
            if (rest.Count > 0) Set(record, shape.RestOption!, name, new MapNode(map.At, rest, map.Flow));
            Missing(shape, name, map.At, option => option == shape.RestOption ? rest.Count > 0 : map[option.Key] is not null || meant.Contains(option.Key));
        }

        void Missing(OptionsShape shape, string name, Position at, Func<OptionsShape.Option, bool> written)
        {
            foreach (var option in shape.Options)
                if (option.Required && !written(option))
                    faults.Add(at, option == shape.RestOption ? $"{name} needs something to do" : $"{name} needs '{option.Key}'", $"write {(option == shape.RestOption ? "NAME" : option.Key)}: {option.Example}");
        }

        void Set(object record, OptionsShape.Option option, string path, Node node)
        {
            if (node is ScalarNode { IsNull: true, Refused: false } nothing && !typeof(Node).IsAssignableFrom(option.Type))
            {
                // "{ same_time }" is a map whose key has no value: naming a switch turns it on.
                if (option.Type == typeof(bool) && nothing.Text.Length == 0) option.Property.SetValue(record, true);
                else if (option.Nullable) option.Property.SetValue(record, null);
                else faults.Add(node.At, $"{path} has no value", $"write {option.Key}: {option.Example}");
            }
            else if (Value(option.Type, path, node, option.Between) is { } value) option.Property.SetValue(record, value);
        }

        /// <summary>The value, or null after a fault.</summary>
        object? Value(Type declared, string path, Node node, BetweenAttribute? between)
        {
            var type = Nullable.GetUnderlyingType(declared) ?? declared;
            if (node.Refused)
            {
                SawRefused = true;
                return null;
            }
            if (typeof(Node).IsAssignableFrom(type)) return type.IsInstanceOfType(node) ? node : Expected(type, path, node);
            if (type == typeof(Bounds) && node is ListNode range) return Range(path, range);
            if (ScalarType.Of(type) is { } scalar) return Scalar(scalar, path, node, between);
            if (ItemOf(type) is { } item) return List(item, path, node, between);
            if (EntryOf(type) is { } entry) return Entries(entry, path, node, between);
            return Record(type, path, node, []);
        }

        object? Scalar(ScalarType type, string path, Node node, BetweenAttribute? between)
        {
            if (node is not ScalarNode { IsNull: false } scalar)
            {
                faults.Add(node.At, $"{path}: {node.Kind} stands where {type.Noun} is expected", (node as ListNode)?.Items is [ScalarNode { Text.Length: > 0 } first, ..] ? $"write one, such as {Visible.Text(first.Text)}" : $"write it like {type.Example}");
                return null;
            }
            if (Reference.IsMeant(scalar.Text)) return Referred(type, path, scalar, between);
            var wrong = type.Read(scalar.Text, out var value, out var misread) ? between?.Check(value!, type) : DecimalComma.In(scalar.Text, type) ?? misread;
            if (wrong is not { } found) return value;
            faults.Add(found.Offset > 0 ? scalar.PositionOf(found.Offset) : node.At, $"{path}: {found.What}", found.Remedy);
            return null;
        }

        /// <summary>A value that stands elsewhere; of a secret nothing is said but where it stands.</summary>
        object? Referred(ScalarType type, string path, ScalarNode scalar, BetweenAttribute? between)
        {
            var isSecret = type == ScalarType.Of(typeof(Secret));
            if (Reference.Find(scalar.Text, isSecret, faults.File, out var wrong) is { } found)
            {
                var isRead = type.Read(found.Text, out var value, out wrong);
                if (isRead && isSecret) return ((Secret)value!).In(found);
                var misfit = isRead ? between?.Check(value!, type) : wrong;
                if (misfit is null) return value;
                wrong = misfit.Value with { What = $"{misfit.Value.What} (in {found.Written})" };
            }

            faults.Add(scalar.At, $"{path}: {wrong.What}", wrong.Remedy);
            return null;
        }

        Bounds? Range(string path, ListNode node)
        {
            if (Bounds.TryParse(node, out var bounds, out var wrong)) return bounds;
            faults.Add(node.At, $"{path}: {wrong.What}", wrong.Remedy);
            return null;
        }

        Array? List(Type itemType, string path, Node node, BetweenAttribute? between)
        {
            // A single value is a list of one.
            var nodes = (node as ListNode)?.Items ?? [node];
            var items = Array.CreateInstance(itemType, nodes.Count);
            var whole = true;
            for (var index = 0; index < nodes.Count; index++)
            {
                var value = Value(itemType, node is ListNode ? $"{path}[{index}]" : path, nodes[index], between);
                if (value is null) whole = false;
                else items.SetValue(value, index);
            }
            return whole ? items : null;
        }

        object? Entries(Type entryType, string path, Node node, BetweenAttribute? between)
        {
            var entries = (IDictionary)Activator.CreateInstance(typeof(OrderedDictionary<,>).MakeGenericType(typeof(string), entryType), StringComparer.Ordinal)!;
            if (node is not MapNode map)
            {
                // A list where a map of lists is expected is its one unnamed entry: "compute: [count, mean]".
                if (ItemOf(entryType) is null || node is not ListNode) return Expected(typeof(MapNode), path, node, MapLike(entryType, node));
                if (Value(entryType, path, node, between) is not { } unnamed) return null;
                entries[""] = unnamed;
                return entries;
            }

            var whole = true;
            foreach (var (key, value) in map.Entries)
            {
                var entry = Value(entryType, $"{path}.{key.Text}", value, between);
                if (entry is null) whole = false;
                else entries[key.Text] = entry;
            }
            return whole ? entries : null;
        }

        /// <summary>How a map is written that something else stands for; of texts with the word that stands there.</summary>
        static string MapLike(Type entryType, Node node)
        {
            var word = (node is ListNode { Items: [var first, ..] } ? first : node) is ScalarNode { Text.Length: > 0 } scalar && entryType == typeof(string) ? Visible.Text(scalar.Text) : null;
            return word is null ? $"{{ NAME: {ExampleOf(entryType)} }}" : $"{{ {word}: {word} }}";
        }

        object? Expected(Type type, string path, Node node, string? example = null)
        {
            var expected = type == typeof(MapNode) ? "a map" : type == typeof(ListNode) ? "a list" : "a text";
            faults.Add(node.At, $"{path}: {node.Kind} stands where {expected} is expected", $"write it like {example ?? ExampleOf(type)}");
            return null;
        }
    }

    /// <summary>The item type where an option is a list.</summary>
    public static Type? ItemOf(Type type) => type.IsArray ? type.GetElementType() : ArgumentOf(type, typeof(IReadOnlyList<>), 0);

    /// <summary>The value type where an option is a map; it keeps the order of the file.</summary>
    public static Type? EntryOf(Type type) => ArgumentOf(type, typeof(IReadOnlyDictionary<,>), 1);

    static Type? ArgumentOf(Type type, Type generic, int index) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments()[index] : null;

    static string Known(OptionsShape shape, IReadOnlyCollection<string> more, string lead) =>
        Suggestion.Remedy("", shape.Options.Select(option => option.Key).Concat(more), lead);

    /// <summary>Whether a type is read from one text.</summary>
    public static bool IsValue(Type type) => ScalarType.Of(type) is not null;

    /// <summary>How a value of a type is written: <c>5s</c>, <c>[0, 100]</c>.</summary>
    public static string ExampleOf(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (ScalarType.Of(type) is { } scalar) return scalar.Example;
        if (ItemOf(type) is { } item) return $"[{ExampleOf(item)}]";
        if (type == typeof(ListNode)) return "[VALUE]";
        if (EntryOf(type) is { } entry) return $"{{ NAME: {ExampleOf(entry)} }}";
        if (type == typeof(MapNode)) return "{ NAME: VALUE }";
        if (typeof(Node).IsAssignableFrom(type)) return "VALUE";
        if (OptionsShape.Of(type).ShortOption is { } only) return ExampleOf(only.Type);
        var first = OptionsShape.Of(type) is var shape && shape.Options.FirstOrDefault(option => option.Required) is { } required ? required : shape.Options[0];
        return $"{{ {first.Key}: {ExampleOf(first.Type)} }}";
    }
}
