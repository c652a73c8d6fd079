namespace StreamEdge;

/// <summary>
/// A table in memory. Each value of a key has a number; the numbers of several keys are joined two by two to that of a
/// group, whose lines lie side by side in the order of the instants from which on they hold. Never changed but for the codes
/// of its texts, which are asked for when a row first needs them.
/// </summary>
sealed class Lookup
{
    const long NotYet = -1;

    readonly Dictionary<string, int>[] _texts;
    readonly Dictionary<long, int>[] _wholes;
    readonly Dictionary<(int, int), int>[] _joined;
    readonly int[] _begins; // of each group; one more at the end
    readonly long[] _from;
    readonly double[][] _slots; // by column, then line
    readonly string[] _words;
    readonly long[] _codes; // of the words

    /// <summary>Takes up what a <see cref="LookupBuilder"/> has put together.</summary>
    /// <param name="texts">By key: the numbers of its texts.</param>
    /// <param name="wholes">By key: the numbers of its whole numbers.</param>
    /// <param name="joined">By key: the group of a group of the keys before with a number of this one; not of the first.</param>
    /// <param name="begins">The first line of each group, and behind the last.</param>
    /// <param name="from">By line: from when on it holds.</param>
    /// <param name="slots">By added column, then line; of a text the number of its word.</param>
    /// <param name="words">The words.</param>
    public Lookup(Dictionary<string, int>[] texts, Dictionary<long, int>[] wholes, Dictionary<(int, int), int>[] joined, int[] begins, long[] from, double[][] slots, string[] words)
    {
        (_texts, _wholes, _joined, _begins, _from, _slots, _words) = (texts, wholes, joined, begins, from, slots, words);
        _codes = new long[words.Length];
        Array.Fill(_codes, NotYet);
    }

    public int Lines => _from.Length;

    /// <summary>How many lines it has, in words.</summary>
    public string Size => $"{Lines:N0} line{(Lines == 1 ? "" : "s")}";

    public int Columns => _slots.Length;

    public Dictionary<string, int> Texts(int key) => _texts[key];

    public Dictionary<long, int> Wholes(int key) => _wholes[key];

    public ReadOnlySpan<double> Slots(int column) => _slots[column];

    /// <summary>The group of a group of the keys before with a number of this key; -1 where there is none.</summary>
    public int Join(int key, int group, int id) => group < 0 || id < 0 ? -1 : _joined[key].GetValueOrDefault((group, id), -1);

    /// <summary>The line of a group that holds at a time; -1 where none does.</summary>
    public int LineAt(int group, long time)
    {
        if (group < 0) return -1;
        var (low, high) = (_begins[group], _begins[group + 1]);
        var first = low;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_from[middle] <= time) low = middle + 1;
            else high = middle;
        }

        return low == first ? -1 : low - 1;
    }

    /// <summary>The code of a word; <see cref="Slot.Missing"/> where the pipeline has no room for it.</summary>
    public long Code(int word, CodeTable codes)
    {
        if (_codes[word] == NotYet) _codes[word] = codes.Code(_words[word]);
        return _codes[word] == NotYet ? Slot.Missing : _codes[word];
    }
}
