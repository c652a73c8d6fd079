namespace StreamEdge;

/// <summary>Finds the word a user probably meant.</summary>
public static class Suggestion
{
    const int LongestWord = 64; // the search is quadratic in it
    const int MostListed = 12;

    /// <summary>"did you mean 'max'?", or the words there are: "its options are min, max".</summary>
    /// <param name="word">What the user wrote.</param>
    /// <param name="known">The words there are.</param>
    /// <param name="lead">Begins the list, such as "its options are".</param>
    public static string Remedy(string word, IEnumerable<string> known, string lead)
    {
        var words = known.ToList();
        if (Nearest(word, words) is { } nearest) return $"did you mean '{nearest}'?";
        if (words.Count == 0) return $"{lead} none";
        var listed = string.Join(", ", words.Take(MostListed));
        return words.Count > MostListed ? $"{lead} {listed} and {words.Count - MostListed} more" : $"{lead} {listed}";
    }

    /// <summary>The known word nearest to what was written, or null where none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length is 0 or > LongestWord) return null;

        var plain = Plain(word);
        string? best = null;
        var least = int.MaxValue;
        foreach (var candidate in known)
        {
            var distance = Distance(plain, Plain(candidate));
            if (distance >= least || distance > Tolerated(plain, Plain(candidate))) continue;
            (best, least) = (candidate, distance);
        }
        return best;
    }

    // "maxAge" and "max-age" are the same word as "max_age".
    static string Plain(string word) => word.ToLowerInvariant().Replace("_", "").Replace("-", "").Replace(" ", "");

    static int Tolerated(string written, string known)
    {
        var shorter = Math.Min(written.Length, known.Length);
        if (shorter >= 3 && (written.StartsWith(known, StringComparison.Ordinal) || known.StartsWith(written, StringComparison.Ordinal))) return int.MaxValue;
        return shorter <= 2 ? 0 : Math.Min(3, (Math.Max(written.Length, known.Length) + 1) / 3);
    }

    /// <summary>How many letters must be changed, added, dropped, or swapped with their neighbour.</summary>
    static int Distance(string left, string right)
    {
        var (beforeLast, last, current) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var column = 0; column <= right.Length; column++) last[column] = column;
        for (var row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var change = last[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1);
                current[column] = Math.Min(change, Math.Min(last[column], current[column - 1]) + 1);
                if (row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1])
                    current[column] = Math.Min(current[column], beforeLast[column - 2] + 1);
            }
            (beforeLast, last, current) = (last, current, beforeLast);
        }
        return last[right.Length];
    }
}
