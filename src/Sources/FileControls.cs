namespace StreamEdge;

/// <summary>
/// Reads the control rows of JSON lines: <c>{"watermark": T}</c>, <c>{"idle": "NAME"}</c>, <c>{"end": "none"}</c>. Such a
/// row holds nothing else but, of a watermark, the logical source that it is of; others are refused, counted as
/// <c>bad_control</c>.
/// </summary>
sealed class FileControls(FileLayout layout, TimeFormat format, FileRefusals refusals, Books books)
{
    /// <summary>The fields that make a row a control row, in the order of <see cref="RemarkKind"/>.</summary>
    public static readonly string[] Fields = ["watermark", "idle", "end"];

    const string Reason = "bad_control";

    readonly Tally _bad = books.Reason(Reason);

    /// <summary>Whether the record that was split is a control row.</summary>
    public bool Is(Row row, ReadOnlySpan<byte> record)
    {
        foreach (var field in layout.Controls)
            if (row.Read(record, field, out _) != Cell.Missing) return true;
        return false;
    }

    /// <summary>What a control row says; nothing where it is ill-formed, which is counted.</summary>
    public Remark Read(Row row, ReadOnlySpan<byte> record)
    {
        if (TryRead(row, record, out var remark) is not { } why) return remark;
        _bad.Add();
        if (refusals.WantsRecord(Reason)) refusals.Record(Reason, why, record);
        return default;
    }

    string? TryRead(Row row, ReadOnlySpan<byte> record, out Remark remark)
    {
        remark = default;
        var said = 0;
        for (var control = 0; control < layout.Controls.Length; control++)
            if (row.Read(record, layout.Controls[control], out _) != Cell.Missing) said = control;
        var kind = (RemarkKind)(said + 1);
        for (var other = 0; other < layout.Wanted.Count; other++)
        {
            if (other == layout.Controls[said] || other == layout.Source && kind == RemarkKind.Watermark) continue;
            if (row.Read(record, other, out _) != Cell.Missing) return $"it has {Visible.Quote(layout.Wanted[other])} beside '{Fields[said]}'";
        }

        if (row.Others > 0) return $"it has more than '{Fields[said]}'";
        if (row.Read(record, layout.Controls[said], out var text) != Cell.Text) return $"its {Fields[said]} is no value";
        return kind switch
        {
            RemarkKind.Watermark => TryWatermark(row, record, text, out remark),
            RemarkKind.Idle => TryIdle(text, out remark),
            _ => TryEnd(text, out remark),
        };
    }

    string? TryWatermark(Row row, ReadOnlySpan<byte> record, ReadOnlySpan<byte> text, out Remark remark)
    {
        var read = format.TakesNumbers && row.TryWhole(layout.Controls[0], out var number) ? format.Read(number, out var time) : format.Read(text, out time);
        var source = layout.Source >= 0 && row.Read(record, layout.Source, out var name) != Cell.Missing ? layout.SourceNames.Find(name) : -1;
        var unknown = source < 0 && layout.Source >= 0 && row.Read(record, layout.Source, out _) != Cell.Missing;
        remark = new(RemarkKind.Watermark, source, time);
        return read == TimeReading.OutOfRange ? "its watermark is before 1678 or after 2262"
            : read == TimeReading.Bad ? "its watermark is not written as 'time.format' says"
            : unknown ? "'sources' does not name its source"
            : null;
    }

    string? TryIdle(ReadOnlySpan<byte> text, out Remark remark)
    {
        var source = layout.Source < 0 ? -1 : layout.SourceNames.Find(text);
        remark = new(RemarkKind.Idle, source);
        return source >= 0 ? null : layout.Source < 0 ? "the pipeline names no 'sources' of the file" : "'sources' does not name the source that is idle";
    }

    static string? TryEnd(ReadOnlySpan<byte> text, out Remark remark)
    {
        remark = new(RemarkKind.Hold);
        return text.SequenceEqual("none"u8) ? null : "the only end that is written is 'none'";
    }
}
